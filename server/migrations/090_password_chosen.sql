-- When its password was chosen is null for a person whose password nobody knows: who came by single sign-on and has set none.
-- Of those from before it was kept, somebody chose it as they were made.
update identity.person set password_changed_at = created_at where password_changed_at is null;
