//! A unit of work: a caller's closure with its type erased, so that engine threads can run it, again if need be.

use super::Tx;
use crate::error::{Error, Result};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What an engine thread may do with a closure.
pub(super) trait Unit: Send {
    /// Whether the caller has gone away (nothing was promised to anybody yet).
    fn abandoned(&self) -> bool;
    /// Runs the closure once and keeps its value; `true` when its changes should stand.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// Answers the caller with the value of the last run.
    fn answer(self: Box<Self>);
    /// Answers the caller with an error instead.
    fn refuse(self: Box<Self>, error: Error);
}

/// A unit on its way.
pub(super) type BoxedUnit = Box<dyn Unit>;

struct Closure<T, F> {
    run: F,
    value: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

/// Wraps a closure; the receiver gets its value once the transaction has ended.
pub(super) fn unit<T, F>(run: F) -> (BoxedUnit, oneshot::Receiver<Result<T>>)
where
    T: Send + 'static,
    F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
{
    let (reply, receiver) = oneshot::channel();
    (Box::new(Closure { run, value: None, reply }), receiver)
}

impl<T, F> Unit for Closure<T, F>
where
    T: Send,
    F: FnMut(&Tx<'_>) -> Result<T> + Send,
{
    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &Tx<'_>) -> bool {
        // A panic must cost its own caller only: the thread serves everybody.
        let value = match catch_unwind(AssertUnwindSafe(|| (self.run)(tx))) {
            Ok(value) => value,
            Err(panic) => Err(Error::Fault(format!("a transaction panicked: {}", panic_text(panic.as_ref())))),
        };
        // A swallowed database error would commit half a thought on one engine and fail on the other.
        let value = match value {
            Ok(_) if tx.is_spoiled() => {
                Err(Error::Fault("a statement failed and its error was swallowed; use ON CONFLICT instead".to_owned()))
            }
            value => value,
        };
        let stands = value.is_ok();
        self.value = Some(value);
        stands
    }

    fn answer(self: Box<Self>) {
        let value = self.value.unwrap_or_else(|| Err(Error::Fault("a transaction ended without a value".to_owned())));
        let _ = self.reply.send(value);
    }

    fn refuse(self: Box<Self>, error: Error) {
        let _ = self.reply.send(Err(error));
    }
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
