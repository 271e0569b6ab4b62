# Helpers for the commands in docs/. Source it with `. docs/stack.sh`; set STACK before to use another stack.
STACK=${STACK:-serverless-users-api-dev}
OUTPUTS=$(aws cloudformation describe-stacks --stack-name "$STACK" --output text \
  --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]')
RESOURCES=$(aws cloudformation list-stack-resources --stack-name "$STACK" --output text \
  --query 'StackResourceSummaries[].[LogicalResourceId, PhysicalResourceId]')

output() { # the value of an output
  grep "^$1"$'\t' <<< "$OUTPUTS" | cut -f 2
}

physical() { # the physical id of a resource
  grep "^$1"$'\t' <<< "$RESOURCES" | cut -f 2
}

arn() { # the ARN of the queue with this URL
  aws sqs get-queue-attributes --queue-url "$1" --attribute-names QueueArn \
    --query Attributes.QueueArn --output text
}
