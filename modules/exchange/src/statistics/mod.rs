//! The statistics of QĐ 28/2018/QĐ-TTg, Điều 11: derived from ledger entries, on three levels, nothing typed in.

pub mod counters;
pub mod export;
pub mod query;

pub use query::{AgencyFigures, Figures, Level, Period, figures};
