//! Whole pages with made-up content: the skeletons that pages are built after.

mod arrivals;
mod document;
mod forms;
mod home;
mod queue;

pub(super) use arrivals::arrivals;
pub(super) use document::document;
pub(super) use forms::{door, form, register};
pub(super) use home::home;
pub(super) use queue::queue;

use crate::html::Html;
use crate::request::Req;
use crate::ui::button::Button;
use crate::ui::choice::Choices;
use crate::ui::directive::{directive_field, proposal};
use crate::ui::door::Door;
use crate::ui::field::{Choose, Field};
use crate::ui::figure::Zero;
use crate::ui::filter_pane::FilterPane;
use crate::ui::list_item::{Item, files};
use crate::ui::note::{ErrorSummary, NoteKind, Proof, note, proof_note};
use crate::ui::paging::{crumbs, paging, tabs};
use crate::ui::paper::{FileState, file_line};
use crate::ui::properties::properties;
use crate::ui::stamp::{Urgency, urgency, urgency_mark};
use crate::ui::state::{Progress, state};
use crate::ui::steps::{StepState, Steps};
use crate::ui::table::{Column, Table};
use crate::ui::tally::{Tick, tally};
use crate::ui::thread::{Knot, Thread, chain, link_words};
use crate::ui::track::{reached_by, status_words, track};
use crate::ui::upload::Upload;
use crate::ui::verification::{Check, CheckLine, verification};
use askama::Template;
use base::{Lang, Refusal, Text};

fn t(text: &str) -> Html {
    Html::text(text)
}

/// A document in a table: number, from whom, subject.
fn doc(number: &str, from: &str, subject: &str) -> Html {
    let from =
        if from.is_empty() { String::new() } else { format!(" · <span class=\"mut\" lang=\"vi\">{from}</span>") };
    Html::trusted(format!(
        "<a class=\"t\" href=\"#\"><span class=\"num\">{number}</span>{from}<span class=\"sub\" lang=\"vi\">{subject}</span></a>"
    ))
}
