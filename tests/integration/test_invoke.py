"""`python -m localcloud.invoke` runs a function of the checkout as the deployed one would run."""

import json

from tests.support.readers.checkout import Checkout

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  ChangesQueue:
    Type: AWS::SQS::Queue
  CountChangesFunction:
    Type: AWS::Serverless::Function
    Metadata: {SkipBuild: true}
    Properties:
      CodeUri: functions/count_changes
      Handler: app.handler
      Runtime: python3.13
      Environment: {Variables: {QUEUE: !Ref ChangesQueue}}
      Events:
        Changes: {Type: SQS, Properties: {Queue: !GetAtt ChangesQueue.Arn, Enabled: false}}
"""
CONFIG = """
version = 0.1
[default.deploy.parameters]
capabilities = "CAPABILITY_IAM"
"""
APP = """
import json, os
import words

def handler(event, context):
    bodies = [json.loads(record["body"]) for record in event["Records"]]
    return {words.BODIES: bodies, words.QUEUE: os.environ["QUEUE"], "name": context.function_name}
"""


def test_an_event_for_a_queue_reader_arrives_in_a_message(checkout: Checkout) -> None:
    """A file of `events/` can be tried as it is; settings are those of the deployed function."""
    checkout.write_template(TEMPLATE)
    checkout.write("functions/count_changes/app.py", APP)
    checkout.write("layers/words/words.py", "BODIES, QUEUE = 'bodies', 'queue'")
    checkout.write("event.json", '{"source": "aws.ec2"}')
    checkout.write("samconfig.toml", CONFIG)
    up = checkout.up("--template", "template.yaml")
    assert up[0] == 0, up

    status, said = checkout.run(
        "localcloud.invoke",
        *("--function", "count_changes", "--event", "event.json", "--stack-name", "local"),
    )

    assert status == 0, said
    answer = json.loads(said)
    assert [{"source": "aws.ec2"}] == answer["bodies"]
    assert "ChangesQueue" in answer["queue"]
    assert "CountChangesFunction" in answer["name"]


def test_without_a_local_cloud_it_says_what_to_do(checkout: Checkout) -> None:
    """An invocation must never go to whatever account the shell knows."""
    checkout.write("event.json", "{}")

    invoked = checkout.run("localcloud.invoke", "--function", "any", "--event", "event.json")

    assert (1, "no local cloud is running: make up\n") == invoked
