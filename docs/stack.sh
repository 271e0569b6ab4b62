# What the commands in docs/ need to know of a deployed stack: `. docs/stack.sh`, after STACK=... for another one.
STACK=${STACK:-serverless-users-api-dev}

output() { # the value of an output
  aws cloudformation describe-stacks --stack-name "$STACK" \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue" --output text
}

physical() { # the name that a resource of the template has in AWS
  aws cloudformation describe-stack-resource --stack-name "$STACK" --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text
}

arn() { # of the queue with this URL
  aws sqs get-queue-attributes --queue-url "$1" --attribute-names QueueArn \
    --query Attributes.QueueArn --output text
}
