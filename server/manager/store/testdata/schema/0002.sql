INSERT INTO resource_presets (id, name, resource_slots, shared_memory) VALUES ('6f6c7a9e-5d0b-4a57-8b61-2f1f6d1c0b01', 'own', '{"cpu": "2"}', 64);
INSERT INTO settings VALUES ('manager/announcement', 'hello');
INSERT INTO dotfiles VALUES ('keypair', 'AK1', '.vimrc', '644', 'set nu');
UPDATE keypairs SET bootstrap_script = 'true' WHERE access_key = 'AK2';
INSERT INTO session_templates VALUES ('t-1', 'template', 22, 'default', 'p-1', 'u-1', '{"kind": "x"}');
UPDATE images SET edited = 1;
