//! The tests that drive the program from outside: one program, a module for each thing tested.
#![allow(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    clippy::format_push_string
)]

mod answers;
mod batch;
mod batch_refusals;
mod batch_results;
mod batch_submit;
mod batch_wait;
mod bills;
mod booking;
mod budget;
mod budget_words;
mod bulk;
mod bulk_books;
mod bulk_ends;
mod bulk_money;
mod bulk_resume;
mod bulk_run;
mod caps;
mod chat;
mod complete;
mod config;
mod cutting;
mod estimate;
mod exits;
mod failures;
mod fuzz;
mod generated;
mod help;
mod image;
mod image_address;
mod image_edit;
mod image_faults;
mod image_files;
mod image_prices;
mod image_records;
mod image_stream;
mod incomplete;
mod inputs;
mod ledger;
mod limits;
mod mutate;
mod options;
mod prices;
mod readme;
mod remote;
mod replies;
mod report;
mod retries;
mod sandbox;
mod security;
mod server;
mod session;
mod settings;
mod signals;
mod spend;
mod stream;
mod terminal;
mod tidy;
mod tokens;
mod version;
mod wrong_files;
