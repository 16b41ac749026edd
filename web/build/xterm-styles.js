// xterm writes rules into <style> elements, which the page's content security
// policy does not allow. This stands in for such an element: it holds its place
// in the document, and its text becomes a constructed stylesheet instead.
const createStyle = (document) => {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  const element = document.createElement("span");
  element.hidden = true;
  Object.defineProperty(element, "textContent", { set: (text) => sheet.replaceSync(text) });
  element.remove = () => {
    Element.prototype.remove.call(element);
    const sheets = document.adoptedStyleSheets;
    const at = sheets.indexOf(sheet);
    if (at >= 0) {
      sheets.splice(at, 1);
    }
  };
  return element;
};
