# Writes, line by line, how the last word of the code could go on. Names that the
# code imports are known; nothing else of it is run.
import ast
import re
import rlcompleter
import sys

code = sys.argv[1]
known = {}
for line in code.splitlines():
    try:
        tree = ast.parse(line.strip())
    except SyntaxError:
        continue
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            try:
                exec(compile(ast.Module([node], []), "<input>", "exec"), known)
            except Exception:
                pass
word = re.search(r"[\w.]*$", code).group()
completer = rlcompleter.Completer(known)
found = []
while word and len(found) < 200:
    text = completer.complete(word, len(found))
    if text is None:
        break
    found.append(text)
print("\n".join(found))
