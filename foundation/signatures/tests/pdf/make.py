"""Signs a PDF with pyHanko, for the tests: make.py MODE IN OUT FOLDER, FOLDER holding the test's keys."""

import sys
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder, load_private_key_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

mode, source, target, folder = sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])
root = load_cert_from_pemder(str(folder / "ca.pem"))


def signer(who):
    return signers.SimpleSigner.load(
        str(folder / f"{who}.key"), str(folder / f"{who}.pem"), ca_chain_files=[str(folder / "ca.pem")]
    )


def stamper():
    return DummyTimeStamper(
        tsa_cert=load_cert_from_pemder(str(folder / "tsa.pem")),
        tsa_key=load_private_key_from_pemder(str(folder / "tsa.key"), passphrase=None),
        certs_to_embed=SimpleCertificateStore.from_certs([root]),
    )


def sign(data, who, field, **more):
    writer = IncrementalPdfFileWriter(data)
    stamp = more.pop("stamper", None)
    visible = more.pop("visible", False)
    if visible:
        fields.append_signature_field(writer, fields.SigFieldSpec(field, on_page=0, box=(300, 100, 420, 160)))
    meta = signers.PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, **more
    )
    style = TextStampStyle(stamp_text="%(signer)s") if visible else None
    pdf_signer = signers.PdfSigner(meta, signer(who), timestamper=stamp, stamp_style=style)
    return pdf_signer.sign_pdf(writer)


with open(source, "rb") as original:
    if mode == "one":
        out = sign(original, "person", "ky-ngoai", visible=True)
    elif mode == "two":
        out = sign(sign(original, "person", "ky-ngoai", visible=True), "agency", "dau-ngoai", visible=True)
    elif mode == "certify":
        out = sign(
            original,
            "person",
            "ky-ngoai",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
    elif mode == "lta":
        crl = (folder / "ca.crl.der").read_bytes()
        context = ValidationContext(trust_roots=[root], crls=[crl], allow_fetching=False)
        out = sign(
            original,
            "person",
            "ky-ngoai",
            stamper=stamper(),
            embed_validation_info=True,
            use_pades_lta=True,
            validation_context=context,
        )
    else:
        sys.exit(f"unknown mode {mode}")
    Path(target).write_bytes(out.getvalue() if hasattr(out, "getvalue") else out.read())
