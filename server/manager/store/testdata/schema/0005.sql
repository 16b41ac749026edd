UPDATE sessions SET status = 'CANCELLED' WHERE name = 'waits';
