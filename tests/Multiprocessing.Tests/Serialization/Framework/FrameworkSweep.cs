using System.Reflection;

namespace Multiprocessing.Tests.Serialization;

internal enum SweepOutcome
{
    /// <summary>The copy in another process, and the one that came back, have the same content.</summary>
    Equal,

    /// <summary>The call that was given it threw, and named the type itself and a way out.</summary>
    Refused,

    /// <summary>The call refused it over something inside, of which the caller knows nothing.</summary>
    RefusedInside,

    /// <summary>The call threw something else.</summary>
    WriterFailed,

    /// <summary>It was accepted and could not be rebuilt.</summary>
    ReaderFailed,

    /// <summary>The copy has another content.</summary>
    Different,

    /// <summary>The process that read it ended.</summary>
    Died,
}

internal sealed record SweepEntry(string Type, string How, SweepOutcome Outcome, string Detail);

internal sealed record SweepReport(int Types, int Built, SweepEntry[] Entries);

/// <summary>Sends instances of all types of the framework to another process and back, and tells how each fared.</summary>
internal static class FrameworkSweep
{
    private const int Batch = 200;

    private sealed record Item(string Type, string How, object Value, string Before, byte[] Message);

    private sealed record Copy(string Description, byte[]? Back);

    public static async Task<SweepReport> RunAsync(int part, int parts)
    {
        var types = FrameworkInstances.Types().OrderBy(static type => type.FullName, StringComparer.Ordinal).Where((_, index) => index % parts == part).ToArray();
        var entries = new List<SweepEntry>();
        var built = 0;
        var batch = new List<Item>();
        await using var pool = new ProcessPool(new() { Workers = 1 });
        foreach (var type in types)
        {
            var (own, messages) = (new List<SweepEntry>(), new List<Item>());
            var count = 0;
            var thread = new Thread(() => count = Write(type, own, messages)) { IsBackground = true };
            thread.Start();
            if (!thread.Join(TimeSpan.FromSeconds(10)))
            {
                entries.Add(new SweepEntry(type.FullName!, "", SweepOutcome.WriterFailed, "hangs"));
                continue;
            }

            built += count > 0 ? 1 : 0;
            entries.AddRange(own);
            batch.AddRange(messages);

            if (batch.Count > Batch)
            {
                await SendAsync(pool, batch, entries);
            }
        }

        await SendAsync(pool, batch, entries);
        return new SweepReport(types.Length, built, [.. entries]);
    }

    private static int Write(Type type, List<SweepEntry> entries, List<Item> batch)
    {
        var instances = FrameworkInstances.Of(type);
        foreach (var (how, value) in instances)
        {
            // As it was made, and again when it has been used, because what is remembered lazily is written, too.
            if (TryWrite(type, how, value, entries, batch))
            {
                TryWrite(type, how + " (used)", value, entries, batch);
            }
        }

        return instances.Count;
    }

    private static bool TryWrite(Type type, string how, object value, List<SweepEntry> entries, List<Item> batch)
    {
        var name = type.FullName!;
        try
        {
            var message = Message.Write(value);
            batch.Add(new Item(name, how, value, FrameworkValueDescription.Of(value), message));
            return true;
        }
        catch (NotSerializableException error)
        {
            var isItself = error.Path == "item" && (error.Culprit.IsInstanceOfType(value) || error.Culprit == value.GetType());
            entries.Add(new SweepEntry(name, how, isItself ? SweepOutcome.Refused : SweepOutcome.RefusedInside, error.Message));
        }
        catch (Exception error)
        {
            entries.Add(new SweepEntry(name, how, SweepOutcome.WriterFailed, error.GetType() + ": " + error.Message));
        }

        return false;
    }

    private static async Task SendAsync(ProcessPool pool, List<Item> batch, List<SweepEntry> entries)
    {
        for (var start = 0; start < batch.Count;)
        {
            var items = batch.Skip(start).ToArray();
            var done = 0;
            try
            {
                foreach (var copies in items.Chunk(20))
                {
                    var results = await pool.RunAsync(static (byte[][] messages) => Array.ConvertAll(messages, Receive), Array.ConvertAll(copies, static item => item.Message));
                    for (var i = 0; i < copies.Length; i++)
                    {
                        entries.Add(Judge(copies[i], results[i]));
                    }

                    done += copies.Length;
                }
            }
            catch (WorkerDiedException)
            {
                // One of the twenty: one by one.
                foreach (var item in items.Skip(done).Take(20))
                {
                    try
                    {
                        entries.Add(Judge(item, await pool.RunAsync(static (byte[] message) => Receive(message), item.Message)));
                    }
                    catch (WorkerDiedException error)
                    {
                        entries.Add(new SweepEntry(item.Type, item.How, SweepOutcome.Died, error.Message));
                    }
                }

                done += 20;
            }

            start += done;
        }

        batch.Clear();
    }

    private static Copy Receive(byte[] message)
    {
        object? value;
        try
        {
            value = Message.Read<object>(message);
        }
        catch (Exception error)
        {
            return new Copy(error.GetType() + ": " + error.Message, null);
        }

        var description = FrameworkValueDescription.Of(value);
        try
        {
            return new Copy(description, Message.Write(value));
        }
        catch (Exception error)
        {
            return new Copy("the copy is not sent back: " + error.GetType() + ": " + error.Message, null);
        }
    }

    private static SweepEntry Judge(Item item, Copy copy)
    {
        if (copy.Back is null)
        {
            return new SweepEntry(item.Type, item.How, SweepOutcome.ReaderFailed, copy.Description);
        }

        if (copy.Description != item.Before)
        {
            return new SweepEntry(item.Type, item.How, SweepOutcome.Different, FirstDifference(item.Before, copy.Description));
        }

        object? back;
        try
        {
            back = Message.Read<object>(copy.Back);
        }
        catch (Exception error)
        {
            return new SweepEntry(item.Type, item.How, SweepOutcome.ReaderFailed, "on the way back: " + error.Message);
        }

        var description = FrameworkValueDescription.Of(back);
        return description != item.Before ? new SweepEntry(item.Type, item.How, SweepOutcome.Different, "on the way back: " + FirstDifference(item.Before, description))
            : IsEqual(item.Value, back) ? new SweepEntry(item.Type, item.How, SweepOutcome.Equal, "")
            : new SweepEntry(item.Type, item.How, SweepOutcome.Different, "Equals says that the copy is not equal");
    }

    /// <summary>By its own Equals, where it compares content at all.</summary>
    private static bool IsEqual(object value, object? back)
    {
        var equals = value.GetType().GetMethod("Equals", BindingFlags.Instance | BindingFlags.Public, [typeof(object)]);
        if (equals?.DeclaringType is not { } declaring || declaring == typeof(object) || declaring == typeof(ValueType))
        {
            return true;
        }

        try
        {
            return value.Equals(back) && value.GetHashCode() == back!.GetHashCode();
        }
        catch (Exception)
        {
            // Not meant to be compared.
            return true;
        }
    }

    private static string FirstDifference(string before, string after)
    {
        var at = 0;
        while (at < before.Length && at < after.Length && before[at] == after[at])
        {
            at++;
        }

        return $"{Around(before, at)} became {Around(after, at)}";
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];
}
