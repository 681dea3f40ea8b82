namespace Multiprocessing;

/// <summary>Writes tasks as requests of a worker, which sees nothing of them before they are published. Under the loop's gate.</summary>
internal static unsafe class TaskWriter
{
    /// <summary>The tasks are short ones whose body the worker knows, and whose arguments are copied as they lie in memory.</summary>
    public static bool CanWriteMany(WorkerEntry worker, TaskBatch batch) =>
        batch.RawLength >= 0 && batch.Count > 1 && !batch.HasFailedAttempts && batch.Settings.Body is { } body && worker.Knows(body.Id);

    /// <summary>Writes tasks for which <see cref="CanWriteMany"/> holds.</summary>
    /// <returns>How many: fewer than <paramref name="count"/> if the ring is full.</returns>
    public static int WriteMany(WorkerEntry worker, TaskBatch batch, int from, int count)
    {
        var body = batch.Settings.Body!;
        var length = batch.RawLength;
        var stride = ByteRing.Align(sizeof(RequestHeader) + length);
        var header = new RequestHeader
        {
            Length = length,
            Flags = batch.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None,
            Attempt = 1,
            Body = body.Id,
        };
        var done = 0;
        while (done < count)
        {
            var most = Math.Min(count - done, ChannelLayout.MaxTasks - 1 - worker.Backlog);
            if (most <= 0 || worker.Requests.TryReserve(stride, most, out var reserved) is var at && at is null)
            {
                break;
            }

            header.Number = worker.Requests.Next - (uint)reserved;
            batch.CopyRaw(from + done, reserved, at, stride, header);
            done += reserved;
        }

        CountArgument(worker, batch, length, done);
        return done;
    }

    /// <summary>Writes one task.</summary>
    /// <returns><see langword="false"/> if the ring is full.</returns>
    /// <exception cref="NotSerializableException">The argument cannot cross.</exception>
    public static bool TryWrite(WorkerEntry worker, TaskBatch batch, int index)
    {
        if (worker.Backlog >= ChannelLayout.MaxTasks - 1)
        {
            return false;
        }

        var body = batch.Settings.Body is { } shared && !worker.Knows(shared.Id) ? shared : null;
        var raw = batch.RawLength;
        if (raw >= 0)
        {
            return TryWrite(worker, batch, index, body, null, raw);
        }

        var message = batch.Serialize(index);
        try
        {
            var written = TryWrite(worker, batch, index, body, message, message.Length);
            if (written && !batch.OwnsMessages)
            {
                batch.KeepReferences(index, message.TakeReferences());
            }

            return written;
        }
        finally
        {
            if (!batch.OwnsMessages)
            {
                message.Dispose();
            }
        }
    }

    private static bool TryWrite(WorkerEntry worker, TaskBatch batch, int index, SharedBody? body, MessageBuffer? message, long length)
    {
        CountArgument(worker, batch, length, 1);
        var bodyLength = body?.Bytes.Length ?? 0;
        var bodyRoom = ByteRing.Align(bodyLength);
        var header = new RequestHeader
        {
            Flags = batch.Settings.TimeoutTicks > 0 ? RequestFlags.Timed : RequestFlags.None,
            Attempt = (ushort)Math.Min(batch.FailedAttempts(index) + 1, ushort.MaxValue),
            Body = batch.Settings.Body?.Id ?? 0,
            BodyLength = bodyLength,
        };
        var at = worker.Requests.TryWrite(header, bodyRoom + length);
        if (at is null)
        {
            return false;
        }

        if (batch.LostSpans is { } lost && lost.TryGetValue(index, out var span))
        {
            worker.Requests.SetEarlierSpan(worker.Requests.Next - 1, span);
        }

        if (body is not null)
        {
            body.Bytes.CopyTo(new Span<byte>(at, bodyLength));
            worker.LearntAt(body.Id, worker.Requests.Next - 1);
        }

        if (message is null)
        {
            batch.CopyRaw(index, at + bodyRoom);
        }
        else
        {
            message.CopyTo(at + bodyRoom);
        }

        return true;
    }

    private static void CountArgument(WorkerEntry worker, TaskBatch batch, long length, int tasks)
    {
        batch.Settings.Body?.Size.Learn(length);
        worker.Statistics.ArgumentBytes += length * tasks;
        batch.Settings.Statistics.ArgumentBytes += length * tasks;
    }
}
