//! A request that outlives the process that sent it: the server works on it for hours, and another
//! process will fetch what comes of it.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::entry::RowId;
use super::error::{Error, Fault};
use super::journal;

/// Notes the name under which the server knows it. Until its deadline it stays reserved, whatever
/// becomes of this process.
pub(super) fn hand_over(connection: &mut Connection, id: RowId, name: &str) -> Result<(), Fault> {
    journal::durable(connection)?;
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let changed = transaction.execute(
        "UPDATE request SET request_id = ?2, waiting = NULL WHERE id = ?1",
        (id.0, name),
    )?;
    if changed == 0 {
        return Err(Error::NoSuchRow { id }.into());
    }
    Ok(transaction.commit()?)
}
