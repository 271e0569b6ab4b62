"""The functions behind the stream, the queue, the bucket and the schedule, over moto."""
