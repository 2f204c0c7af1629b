create database medusa;
create database directus;
