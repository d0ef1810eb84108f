//! `GET /api/v1/exchange/statistics`: the figures of QĐ 28/2018/QĐ-TTg, Điều 11, counted from ledger entries.

use crate::statistics::{AgencyFigures, Figures, Level, Period, figures};
use axum::extract::State;
use platform::access::{self, Permission};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{App, Caller, Json, Query};

/// Which period.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// First month, `2026-11`.
    pub from: String,
    /// Last month, `2026-11`.
    pub to: String,
    /// Also the agencies below.
    #[serde(default)]
    pub below: bool,
}

/// How often a state was reported and how long it took.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateFigures {
    /// Reports.
    pub count: i64,
    /// Average seconds from the exchange's taking the document.
    pub average_seconds: Option<i64>,
}

/// The figures of one agency, or together.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresView {
    /// Documents sent.
    pub sent: i64,
    /// Of these, signed by person and agency.
    pub sent_signed: i64,
    /// Of these, with a paper copy besides.
    pub sent_with_paper: i64,
    /// Sent on the signing day or in the morning of the next working day (Điều 6).
    pub sent_in_time: i64,
    /// Sent later.
    pub sent_late: i64,
    /// Recalls sent.
    pub recalled: i64,
    /// Documents received.
    pub received: i64,
    /// Documents that the agency refused.
    pub refused: i64,
    /// State code → figures, as this agency reported it.
    pub states: BTreeMap<String, StateFigures>,
}

/// One agency's line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgencyLine {
    /// Its code.
    pub agency: String,
    /// Its name.
    pub name: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatisticsView {
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
    /// Together.
    pub total: FiguresView,
    /// Agency by agency.
    pub agencies: Vec<AgencyLine>,
}

impl From<&AgencyFigures> for FiguresView {
    fn from(one: &AgencyFigures) -> Self {
        let state = |(code, (count, _)): (&String, &(i64, i64))| {
            (code.clone(), StateFigures { count: *count, average_seconds: one.average_seconds(code) })
        };
        Self {
            sent: one.sent,
            sent_signed: one.sent_signed,
            sent_with_paper: one.sent_with_paper,
            sent_in_time: one.sent_in_time,
            sent_late: one.sent_late,
            recalled: one.recalled,
            received: one.received,
            refused: one.refused,
            states: one.states.iter().map(state).collect(),
        }
    }
}

/// The caller's agency, and with `below` those under it.
#[utoipa::path(get, path = "/api/v1/exchange/statistics", tag = "exchange", params(Asked),
    responses((status = 200, body = StatisticsView), (status = 422, description = "Not a month", body = web::problem::Problem)))]
pub async fn get(
    State(app): State<App>,
    Caller(caller): Caller,
    Query(asked): Query<Asked>,
) -> web::Result<Json<StatisticsView>> {
    access::require(&caller, Permission::StatisticsRead, &caller.agency)?;
    let period = Period::new(&asked.from, &asked.to)?;
    let own = caller.agency.clone();
    let level = if asked.below { Level::Below(own) } else { Level::Agency(own) };
    let found: Figures = app.platform().db().read(move |tx| figures(tx, &period, &level)).await?;
    Ok(Json(StatisticsView {
        from: asked.from,
        to: asked.to,
        total: FiguresView::from(&found.total),
        agencies: found
            .agencies
            .iter()
            .map(|(agency, name, one)| AgencyLine {
                agency: agency.clone(),
                name: name.vi.to_string(),
                figures: one.into(),
            })
            .collect(),
    }))
}
