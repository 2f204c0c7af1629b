-- psql runs this once, when the volume is empty. Each host gets a role that owns its own database and nothing else: no
-- superuser, no other role's database, and no right to make roles or databases.
\getenv medusa_password MEDUSA_DB_PASSWORD
\getenv directus_password DIRECTUS_DB_PASSWORD

create role medusa login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'medusa_password';
create role directus login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'directus_password';

create database medusa owner medusa;
create database directus owner directus;

-- Otherwise every role may connect to every database, and make temporary tables in it.
revoke all on database medusa, directus, postgres, template1 from public;
