"""AWS: signatures and credentials compared with botocore's, Secrets Manager against moto."""

from proving.environments import environment

from . import aws_chain, aws_moto, aws_signatures

PACKAGES = ["boto3==1.40.0", "botocore==1.40.0", "moto[iam,secretsmanager,server,sts]==5.1.10"]


def prove(figures, probe, work, seed, requests=10_000):
    """`probe` is tessera-aws-probe, `work` a folder for homes and logs."""
    folder = environment("aws", PACKAGES)
    python = folder / "bin" / "python"
    aws_signatures.prove(figures, python, probe, seed, requests)
    aws_chain.prove(figures, python, probe, work)
    aws_moto.prove_enforcing(figures, folder, probe, work)
    aws_moto.prove_rotation(figures, folder, probe, work)
