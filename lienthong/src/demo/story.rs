//! The story: a decision travels from a ministry to a province, a department and a commune, and is answered.
//!
//! Every step acts through the API as the person whose step it is, and counts only when its effect was read back, mostly
//! by somebody else at the other end.

use super::client::{Caller, text};
use super::timeline::Timeline;
use base::Clock;
use platform::{Error, Result};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const DECISION: &[u8] = include_bytes!("../../../data/demo/du-thao-quyet-dinh.pdf");
const TARGETS: &[u8] = include_bytes!("../../../data/demo/bieu-chi-tieu.xlsx");
const ANSWER: &[u8] = include_bytes!("../../../data/demo/cong-van-tra-loi.pdf");
const PDF: &str = "application/pdf";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const SUBJECT: &str = "Ban hành Kế hoạch số hóa tài liệu lưu trữ của các cơ quan trong hệ thống hành chính năm 2027";
const REFUSED_WHY: &str = "Sai nơi nhận: nội dung thuộc lĩnh vực của Sở Nội vụ";

/// The two servers and the one password of everybody.
pub struct Stage {
    /// Address of the first server.
    pub first: String,
    /// Address of the commune's server.
    pub second: String,
    /// Everybody's password and key secret.
    pub password: String,
}

/// What the story leaves behind for the printed summary.
pub struct Told {
    /// Id of the decision at its sender.
    pub decision: String,
    /// Number and notation.
    pub code: String,
    /// Statistics of QĐ 28/2018/QĐ-TTg, Điều 11, of the ministry.
    pub statistics: Json,
}

/// People signed in at their server, by sign-in name.
struct Cast<'s> {
    stage: &'s Stage,
    people: HashMap<String, Caller>,
}

impl<'s> Cast<'s> {
    async fn gather(stage: &'s Stage) -> Result<Self> {
        let mut people = HashMap::new();
        for (server, agency, names) in [
            (&stage.first, "G09", &["bnv.chuyenvien", "bnv.truongdonvi", "bnv.vanthu", "bnv.botruong"][..]),
            (
                &stage.first,
                "H57",
                &["hue.vanthu", "hue.chanhvanphong", "hue.phochutich", "hue.truongphong", "hue.chuyenvien"],
            ),
            (&stage.first, "H57.11", &["stc.vanthu"]),
            (&stage.second, "H57.103", &["aluoi.vanphong", "aluoi.chutich"]),
        ] {
            for name in names {
                let person = Caller::sign_in(server, name, &stage.password).await?.acting_for(agency).await?;
                people.insert((*name).to_owned(), person);
            }
        }
        Ok(Self { stage, people })
    }

    fn who(&self, name: &str) -> Result<&Caller> {
        self.people.get(name).ok_or(Error::NotFound("person of the story"))
    }
}

/// Tells the story from beginning to end.
pub async fn tell(stage: &Stage, timeline: &mut Timeline) -> Result<Told> {
    let cast = Cast::gather(stage).await?;
    timeline.observed("Mười hai người đăng nhập vào hai máy chủ", "Twelve people signed in at two servers");
    let (decision, code) = issue_decision(&cast, timeline).await?;
    arrivals(&cast, timeline, &decision, &code).await?;
    refusal(&cast, timeline, &decision, &code).await?;
    let answer = province(&cast, timeline, &decision, &code).await?;
    commune(&cast, timeline, &decision, &code).await?;
    back_at_the_ministry(&cast, timeline, &decision, &code, &answer).await?;
    let statistics = statistics(&cast, timeline).await?;
    Ok(Told { decision, code, statistics })
}

/// What the given person sees of an outgoing document.
async fn outgoing(person: &Caller, id: &str) -> Result<Json> {
    person.get(&format!("/api/v1/outgoing-documents/{id}")).await
}

/// Does a verb on an outgoing document as seen now, and reads the state it leads to.
async fn act(person: &Caller, id: &str, verb: &str, mut body: Json, state: &str) -> Result<Json> {
    let seen = outgoing(person, id).await?;
    body["version"] = seen["version"].clone();
    body["key"] = json!(format!("story-{id}-{verb}"));
    person.post(&format!("/api/v1/outgoing-documents/{id}/{verb}"), &body).await?;
    person.until(&format!("/api/v1/outgoing-documents/{id}"), |d| (d["state"] == state).then(|| d.clone())).await
}

async fn attach(person: &Caller, id: &str, name: &str, media: &'static str, bytes: &[u8], main: bool) -> Result<()> {
    let path = format!("/api/v1/outgoing-documents/{id}/files?name={name}&main={main}");
    person.upload(&path, media, bytes).await?;
    Ok(())
}

fn in_days(days: i32) -> String {
    let today = Clock::System.now().local_date();
    let days = jiff_days(days);
    today.checked_add(days).unwrap_or(today).to_string()
}

fn jiff_days(days: i32) -> std::time::Duration {
    std::time::Duration::from_secs(u64::try_from(days).unwrap_or(0) * 86_400)
}

async fn issue_decision(cast: &Cast<'_>, timeline: &mut Timeline) -> Result<(String, String)> {
    let (drafter, head, clerk, minister) =
        (cast.who("bnv.chuyenvien")?, cast.who("bnv.truongdonvi")?, cast.who("bnv.vanthu")?, cast.who("bnv.botruong")?);
    let draft = json!({ "draft": {
        "kind": "decision", "subject": SUBJECT, "urgency": "urgent", "due_on": in_days(30),
        "signer_position": minister.position,
        "recipients": [{ "agency": "H57" }, { "agency": "H57.11" }, { "agency": "H57.103" }],
        "places": ["Lưu: VT, VTLTNN"],
    }});
    let made = drafter.post("/api/v1/outgoing-documents", &draft).await?;
    let id = text(&made, "/id")?;
    attach(drafter, &id, "quyet-dinh.pdf", PDF, DECISION, true).await?;
    attach(drafter, &id, "bieu-chi-tieu.xlsx", XLSX, TARGETS, false).await?;
    let seen = outgoing(drafter, &id).await?;
    if seen["files"].as_array().map(Vec::len) != Some(2) {
        return Err(Error::Fault(format!("the draft does not hold two files: {seen}")));
    }
    timeline.observed(
        "Trần Quốc Bảo soạn quyết định, kèm một tệp PDF và một bảng tính",
        "Trần Quốc Bảo drafted the decision with a PDF and a spreadsheet",
    );
    act(drafter, &id, "submit", json!({}), "consulting").await?;
    act(head, &id, "approve-content", json!({ "remark": "Đồng ý nội dung." }), "content_ok").await?;
    timeline.observed("Đỗ Mạnh Hùng duyệt nội dung (NĐ 30/2020, Điều 12.1)", "The head of unit approved the content");
    act(clerk, &id, "check-form", json!({ "remark": "" }), "format_ok").await?;
    timeline.observed("Nguyễn Thị Lan kiểm tra thể thức (Điều 12.2)", "The clerk checked the form");
    act(drafter, &id, "request-signature", json!({}), "awaiting_signature").await?;
    minister
        .until("/api/v1/signing-requests", |list| {
            list.as_array()?.iter().any(|r| r["document"] == id.as_str() && r["state"] == "waiting").then_some(())
        })
        .await?;
    act(minister, &id, "sign", json!({ "secret": cast.stage.password }), "signed").await?;
    timeline.observed("Bộ trưởng Vũ Minh Khang ký số", "The minister signed with his own key");
    let issued = act(clerk, &id, "promulgate", json!({ "place": "Hà Nội" }), "issued").await?;
    let code = text(&issued, "/code")?;
    let roles: Vec<&str> =
        issued["signatures"].as_array().into_iter().flatten().filter_map(|s| s["role"].as_str()).collect();
    if !(roles.contains(&"person") && roles.contains(&"agency")) {
        return Err(Error::Fault(format!("signatures missing: {roles:?}")));
    }
    timeline.observed(
        format!("Văn thư cấp số {code}, đóng dấu số, phát hành đến ba nơi"),
        format!("The clerk numbered it {code}, sealed it and issued it to three recipients"),
    );
    Ok((id, code))
}

/// The status of the decision at one recipient, as the sender's board shows it.
async fn board(sender: &Caller, id: &str, agency: &str, status: &str) -> Result<Json> {
    sender
        .until(&format!("/api/v1/outgoing-documents/{id}"), |d| {
            d["deliveries"].as_array()?.iter().find(|row| row["agency"] == agency && row["status"] == status).cloned()
        })
        .await
}

/// The one incoming document with this code; more than one is a failure at once.
async fn arrived(clerk: &Caller, code: &str) -> Result<Json> {
    let found = clerk
        .until("/api/v1/incoming-documents?limit=200", |list| {
            let rows: Vec<&Json> = list["items"].as_array()?.iter().filter(|row| row["code"] == code).collect();
            rows.first().map(|first| (rows.len(), (*first).clone()))
        })
        .await?;
    match found {
        (1, row) => Ok(row),
        (n, _) => Err(Error::Fault(format!("{}: {code} arrived {n} times", clerk.name))),
    }
}

async fn arrivals(cast: &Cast<'_>, timeline: &mut Timeline, decision: &str, code: &str) -> Result<()> {
    for (clerk, agency, name) in [
        ("hue.vanthu", "H57", "UBND thành phố Huế"),
        ("stc.vanthu", "H57.11", "Sở Tài chính"),
        ("aluoi.vanphong", "H57.103", "UBND xã A Lưới 1"),
    ] {
        let row = arrived(cast.who(clerk)?, code).await?;
        let whole = cast.who(clerk)?.get(&format!("/api/v1/incoming-documents/{}", text(&row, "/id")?)).await?;
        if whole["verdict"] != "valid" {
            return Err(Error::Fault(format!("{agency}: not verified on arrival: {}", whole["verifications"])));
        }
        board(cast.who("bnv.vanthu")?, decision, agency, "01").await?;
        timeline.observed(
            format!("Đến {name} đúng một lần, đã kiểm tra chữ ký, tự báo 01"),
            format!("Arrived at {agency} exactly once, signatures verified, acknowledged (01) by itself"),
        );
    }
    Ok(())
}

async fn incoming(person: &Caller, id: &str) -> Result<Json> {
    person.get(&format!("/api/v1/incoming-documents/{id}")).await
}

/// Does a verb on an incoming document as seen now, and reads the state it leads to.
async fn handle(person: &Caller, id: &str, verb: &str, mut body: Json, state: &str) -> Result<Json> {
    let seen = incoming(person, id).await?;
    body["version"] = seen["version"].clone();
    body["key"] = json!(format!("story-{id}-{verb}-{}", seen["version"]));
    person.post(&format!("/api/v1/incoming-documents/{id}/{verb}"), &body).await?;
    person.until(&format!("/api/v1/incoming-documents/{id}"), |d| (d["state"] == state).then(|| d.clone())).await
}

/// The id of the unit or person with this name among those to whom work can be given.
fn assignee(list: &Json, name: &str, kind: &str) -> Result<String> {
    let all = list.as_array().or_else(|| list["items"].as_array());
    let found = all.into_iter().flatten().find(|row| row["name"] == name && row[kind].is_string());
    found.and_then(|row| row[kind].as_str()).map(str::to_owned).ok_or(Error::NotFound("assignee of the story"))
}

async fn refusal(cast: &Cast<'_>, timeline: &mut Timeline, decision: &str, code: &str) -> Result<()> {
    let clerk = cast.who("stc.vanthu")?;
    let id = text(&arrived(clerk, code).await?, "/id")?;
    handle(clerk, &id, "return", json!({ "words": REFUSED_WHY }), "returned").await?;
    let row = board(cast.who("bnv.chuyenvien")?, decision, "H57.11", "02").await?;
    if row["note"] != REFUSED_WHY {
        return Err(Error::Fault(format!("the reason did not reach the sender: {row}")));
    }
    timeline.observed(
        "Sở Tài chính từ chối (02) vì sai nơi nhận; người soạn đọc được lý do",
        "The department of finance refused (02): wrong recipient; the drafter read the reason",
    );
    Ok(())
}

async fn province(cast: &Cast<'_>, timeline: &mut Timeline, decision: &str, code: &str) -> Result<String> {
    let (clerk, chief, vice, head, specialist) = (
        cast.who("hue.vanthu")?,
        cast.who("hue.chanhvanphong")?,
        cast.who("hue.phochutich")?,
        cast.who("hue.truongphong")?,
        cast.who("hue.chuyenvien")?,
    );
    let sender = cast.who("bnv.chuyenvien")?;
    let id = text(&arrived(clerk, code).await?, "/id")?;
    let registered = handle(clerk, &id, "register", json!({}), "registered").await?;
    let number = text(&registered, "/arrival_number")?;
    board(sender, decision, "H57", "03").await?;
    timeline.observed(
        format!("UBND thành phố Huế đăng ký số đến {number} (03)"),
        format!("Huế registered it under arrival number {number} (03)"),
    );
    handle(clerk, &id, "submit", json!({ "to": chief.position }), "submitted").await?;
    let assignees = chief.get("/api/v1/incoming-documents/assignees").await?;
    let (lead, support) =
        (assignee(&assignees, "Khối Nội chính", "unit")?, assignee(&assignees, "Khối Tổng hợp", "unit")?);
    let directive = json!({
        "text": "Giao Khối Nội chính chủ trì, Khối Tổng hợp phối hợp tham mưu văn bản đăng ký khối lượng gửi Bộ Nội vụ.",
        "deadline": in_days(14),
        "assignees": [
            { "unit": lead, "part": "lead", "deadline": in_days(14) },
            { "unit": support, "part": "support", "deadline": in_days(10) },
        ],
    });
    let proposal = json!({
        "to": vice.position, "proposal": "Khối Nội chính chủ trì, Khối Tổng hợp phối hợp.", "proposed": directive,
    });
    handle(chief, &id, "submit", proposal, "submitted").await?;
    timeline.observed("Chánh Văn phòng đề xuất, chuyển Phó Chủ tịch", "The chief of office proposed and passed it on");
    handle(vice, &id, "direct", directive, "directed").await?;
    board(sender, decision, "H57", "04").await?;
    timeline.observed(
        "Phó Chủ tịch Lê Thị Thu Hằng bút phê, giao chủ trì, phối hợp, thời hạn (04)",
        "The vice-chair directed: lead, support, deadlines (04)",
    );
    let people = head.get("/api/v1/incoming-documents/assignees").await?;
    let worker = assignee(&people, "Tôn Nữ Diệu Anh", "person")?;
    handle(head, &id, "assign", json!({ "person": worker, "deadline": in_days(12) }), "directed").await?;
    handle(specialist, &id, "start", json!({}), "in_process").await?;
    board(sender, decision, "H57", "05").await?;
    timeline.observed("Chuyên viên Tôn Nữ Diệu Anh bắt đầu xử lý (05)", "The specialist began to work (05)");
    let answer = answer(cast, &id).await?;
    timeline.observed(
        format!("Trả lời bằng công văn {answer}, dẫn chiếu văn bản đến"),
        format!("Answered by official letter {answer}, which cites the decision"),
    );
    // The number of the answer comes to the incoming document by itself; completing before would be a conflict.
    let seen = specialist
        .until(&format!("/api/v1/incoming-documents/{id}"), |d| {
            (d["answer_code"] == answer.as_str()).then(|| d.clone())
        })
        .await?;
    if seen["state"] != "done" {
        handle(specialist, &id, "complete", json!({ "words": format!("Đã trả lời bằng {answer}") }), "done").await?;
    }
    board(sender, decision, "H57", "06").await?;
    timeline.observed("Huế hoàn thành (06), người gửi thấy", "Huế was done (06), and the sender saw it");
    Ok(answer)
}

async fn answer(cast: &Cast<'_>, incoming: &str) -> Result<String> {
    let (clerk, vice, head, specialist) = (
        cast.who("hue.vanthu")?,
        cast.who("hue.phochutich")?,
        cast.who("hue.truongphong")?,
        cast.who("hue.chuyenvien")?,
    );
    let draft = json!({ "draft": {
        "kind": "official-letter",
        "subject": "V/v đăng ký khối lượng số hóa tài liệu lưu trữ năm 2027",
        "signer_position": vice.position, "recipients": [{ "agency": "G09" }],
        "responds_to": [incoming], "places": ["Lưu: VT, NC"],
    }});
    let made = specialist.post("/api/v1/outgoing-documents", &draft).await?;
    let id = text(&made, "/id")?;
    attach(specialist, &id, "cong-van-tra-loi.pdf", PDF, ANSWER, true).await?;
    act(specialist, &id, "submit", json!({}), "consulting").await?;
    act(head, &id, "approve-content", json!({ "remark": "" }), "content_ok").await?;
    act(clerk, &id, "check-form", json!({ "remark": "" }), "format_ok").await?;
    act(specialist, &id, "request-signature", json!({}), "awaiting_signature").await?;
    act(vice, &id, "sign", json!({ "secret": cast.stage.password }), "signed").await?;
    let issued = act(clerk, &id, "promulgate", json!({ "place": "Huế" }), "issued").await?;
    text(&issued, "/code")
}

async fn commune(cast: &Cast<'_>, timeline: &mut Timeline, decision: &str, code: &str) -> Result<()> {
    let (officer, chair, sender) =
        (cast.who("aluoi.vanphong")?, cast.who("aluoi.chutich")?, cast.who("bnv.chuyenvien")?);
    let id = text(&arrived(officer, code).await?, "/id")?;
    handle(officer, &id, "register", json!({}), "registered").await?;
    board(sender, decision, "H57.103", "03").await?;
    handle(officer, &id, "submit", json!({ "to": chair.position }), "submitted").await?;
    let people = chair.get("/api/v1/incoming-documents/assignees").await?;
    let worker = assignee(&people, "Hồ Thị Kăn Lịch", "person")?;
    let directive = json!({
        "text": "Giao Công chức Văn phòng rà soát, báo cáo.",
        "assignees": [{ "person": worker, "part": "lead", "deadline": in_days(14) }],
    });
    handle(chair, &id, "direct", directive, "directed").await?;
    board(sender, decision, "H57.103", "04").await?;
    handle(officer, &id, "start", json!({}), "in_process").await?;
    board(sender, decision, "H57.103", "05").await?;
    let result = json!({ "words": "Đã rà soát; xã không có hồ sơ bảo quản vĩnh viễn cần số hóa trong năm 2027." });
    handle(officer, &id, "complete", result, "done").await?;
    board(sender, decision, "H57.103", "06").await?;
    timeline.observed(
        "Xã A Lưới 1, trên máy chủ riêng: 03, 04, 05, 06 lần lượt về đến nơi gửi",
        "The commune on its own server: 03, 04, 05, 06 came back to the sender one after another",
    );
    Ok(())
}

async fn back_at_the_ministry(
    cast: &Cast<'_>,
    timeline: &mut Timeline,
    decision: &str,
    code: &str,
    answer: &str,
) -> Result<()> {
    let clerk = cast.who("bnv.vanthu")?;
    let row = arrived(clerk, answer).await?;
    let seen = incoming(clerk, &text(&row, "/id")?).await?;
    if !seen["responds_to"].to_string().contains(decision) {
        return Err(Error::Fault(format!("the answer does not cite {code}: {seen}")));
    }
    let board = outgoing(clerk, decision).await?;
    let mut shown: Vec<(String, String)> = Vec::new();
    for delivery in board["deliveries"].as_array().into_iter().flatten() {
        shown.push((text(delivery, "/agency")?, text(delivery, "/status")?));
    }
    shown.sort();
    let wanted = [("H57", "06"), ("H57.103", "06"), ("H57.11", "02")];
    if !shown.iter().map(|(a, s)| (a.as_str(), s.as_str())).eq(wanted) {
        return Err(Error::Fault(format!("the board shows {shown:?}")));
    }
    timeline.observed(
        format!(
            "Bảng gửi của {code}: Huế hoàn thành, A Lưới 1 hoàn thành, Sở Tài chính từ chối; công văn {answer} đã về"
        ),
        format!("The board of {code}: Huế done, A Lưới 1 done, finance refused; the answer {answer} is back"),
    );
    Ok(())
}

async fn statistics(cast: &Cast<'_>, timeline: &mut Timeline) -> Result<Json> {
    let today = Clock::System.now().local_date();
    let month = today.strftime("%Y-%m");
    let path = format!("/api/v1/exchange/statistics?from={month}&to={month}");
    let figures = cast
        .who("bnv.vanthu")?
        .until(&path, |s| (s["total"]["sent"] == 1 && s["total"]["received"] == 1).then(|| s.clone()))
        .await?;
    let province = cast
        .who("hue.vanthu")?
        .until(&format!("{path}&below=true"), |s| {
            (s["total"]["states"]["06"]["count"] == 2 && s["total"]["refused"] == 1).then(|| s.clone())
        })
        .await?;
    let rate = (figures["total"]["sent_in_time"].as_i64(), province["total"]["sent_in_time"].as_i64());
    if rate != (Some(1), Some(1)) {
        return Err(Error::Fault(format!("the on-time figures are wrong: {figures} {province}")));
    }
    timeline.observed(
        "Thống kê QĐ 28/2018, Điều 11: Bộ gửi 1, nhận 1; Huế và cấp dưới gửi 1, từ chối 1, hoàn thành 2; đúng hạn 100 %",
        "Statistics of QĐ 28/2018, Article 11: the ministry sent 1, received 1; Huế sent 1, refused 1, done 2; 100 % in time",
    );
    Ok(figures)
}
