//! Document types as code words for statistics: the name on the wire is free text, a code word never is.
//!
//! Names: NĐ 30/2020/NĐ-CP, Phụ lục III (29 administrative types), and the legal documents of QCVN 102 (table A).

use base::Text;
use base::fold::fold;

/// Code word, folded name, and the name as it is shown.
const TYPES: [(&str, &str, &str, &str); 41] = [
    ("nq", "nghi quyet", "Nghị quyết", "Resolution"),
    ("qd", "quyet dinh", "Quyết định", "Decision"),
    ("ct", "chi thi", "Chỉ thị", "Directive"),
    ("qc", "quy che", "Quy chế", "Regulation"),
    ("qyd", "quy dinh", "Quy định", "Rules"),
    ("tc", "thong cao", "Thông cáo", "Communiqué"),
    ("tb", "thong bao", "Thông báo", "Announcement"),
    ("hd", "huong dan", "Hướng dẫn", "Guideline"),
    ("ctr", "chuong trinh", "Chương trình", "Programme"),
    ("kh", "ke hoach", "Kế hoạch", "Plan"),
    ("pa", "phuong an", "Phương án", "Scheme"),
    ("da", "de an", "Đề án", "Proposal"),
    ("du-an", "du an", "Dự án", "Project"),
    ("bc", "bao cao", "Báo cáo", "Report"),
    ("bb", "bien ban", "Biên bản", "Minutes"),
    ("ttr", "to trinh", "Tờ trình", "Submission"),
    ("hop-dong", "hop dong", "Hợp đồng", "Contract"),
    ("cv", "cong van", "Công văn", "Official letter"),
    ("cd", "cong dien", "Công điện", "Telegram"),
    ("bgn", "ban ghi nho", "Bản ghi nhớ", "Memorandum"),
    ("btt", "ban thoa thuan", "Bản thỏa thuận", "Agreement"),
    ("cam-ket", "ban cam ket", "Bản cam kết", "Commitment"),
    ("chung-nhan", "giay chung nhan", "Giấy chứng nhận", "Certificate"),
    ("guq", "giay uy quyen", "Giấy ủy quyền", "Power of attorney"),
    ("gm", "giay moi", "Giấy mời", "Invitation"),
    ("ggt", "giay gioi thieu", "Giấy giới thiệu", "Letter of introduction"),
    ("gnp", "giay nghi phep", "Giấy nghỉ phép", "Leave permit"),
    ("pg", "phieu gui", "Phiếu gửi", "Sending slip"),
    ("pc", "phieu chuyen", "Phiếu chuyển", "Transfer slip"),
    ("pb", "phieu bao", "Phiếu báo", "Notice slip"),
    ("thu-cong", "thu cong", "Thư công", "Official personal letter"),
    ("hien-phap", "hien phap", "Hiến pháp", "Constitution"),
    ("luat", "luat", "Luật", "Law"),
    ("bo-luat", "bo luat", "Bộ luật", "Code"),
    ("phap-lenh", "phap lenh", "Pháp lệnh", "Ordinance"),
    ("lenh", "lenh", "Lệnh", "Order"),
    ("nqlt", "nghi quyet lien tich", "Nghị quyết liên tịch", "Joint resolution"),
    ("nd", "nghi dinh", "Nghị định", "Decree"),
    ("tt", "thong tu", "Thông tư", "Circular"),
    ("ttlt", "thong tu lien tich", "Thông tư liên tịch", "Joint circular"),
    ("di-duong", "giay di duong", "Giấy đi đường", "Travel permit"),
];

/// The code word of a type's name; `other` when it is none of them.
pub fn code(name: &str) -> &'static str {
    let folded = fold(name);
    let folded = folded.trim();
    // “Quyết định (cá biệt)” is a decision.
    let head = folded.split(['(', '-', ',']).next().unwrap_or(folded).trim();
    TYPES.iter().find(|(_, plain, _, _)| *plain == head || *plain == folded).map_or("other", |(code, ..)| *code)
}

/// The name of a code word.
pub fn label(code: &str) -> Text {
    TYPES
        .iter()
        .find(|(word, ..)| *word == code)
        .map_or(Text::fixed("Loại khác", "Other type"), |(_, _, vi, en)| Text::fixed(vi, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Lang;

    #[test]
    fn names_become_words_and_back() {
        assert_eq!(code("Quyết định"), "qd");
        assert_eq!(code("QUYẾT ĐỊNH (cá biệt)"), "qd");
        assert_eq!(code("  công văn "), "cv");
        assert_eq!(code("Thông tư liên tịch"), "ttlt");
        assert_eq!(code("Giấy gì đó"), "other");
        assert_eq!(code(""), "other");
        for (word, _, vi, _) in TYPES {
            assert_eq!(code(vi), word, "{vi}");
            assert_eq!(label(word).get(Lang::Vi), vi);
        }
    }
}
