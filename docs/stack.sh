# Helpers for the commands in docs/. Source it with `. docs/stack.sh`; set STACK before to use another stack.
STACK=${STACK:-serverless-users-api-dev}
OUTPUTS=$(aws cloudformation describe-stacks --stack-name "$STACK" --output text \
  --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]')

output() { # the value of an output
  grep "^$1"$'\t' <<< "$OUTPUTS" | cut -f 2
}
