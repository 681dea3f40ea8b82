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

/// <param name="Types">How many types there are.</param>
/// <param name="Built">Of how many of them an object could be made.</param>
/// <param name="Entries">What became of each object.</param>
internal sealed record SweepReport(int Types, int Built, SweepEntry[] Entries)
{
    public int TypesWith(SweepOutcome outcome) => Entries.Where(entry => entry.Outcome == outcome).Select(static entry => entry.Type).Distinct().Count();

    /// <summary>Counts, and how often each way out was named.</summary>
    public override string ToString()
    {
        var lines = new List<string> { $"{Types} types, {Built} with objects, {Entries.Length} objects" };
        lines.AddRange(Enum.GetValues<SweepOutcome>().Select(outcome => $"{outcome}: {Entries.Count(entry => entry.Outcome == outcome)} objects of {TypesWith(outcome)} types"));
        lines.AddRange(Entries.Where(static entry => entry.Outcome == SweepOutcome.Refused).GroupBy(static entry => WayOut(entry.Detail)).OrderByDescending(static group => group.Count())
            .Select(static group => $"  {group.Select(static entry => entry.Type).Distinct().Count()} types: {group.Key}"));
        lines.AddRange(Entries.Where(static entry => entry.Outcome is not (SweepOutcome.Equal or SweepOutcome.Refused)).Select(static entry => entry.ToString()));
        return string.Join(Environment.NewLine, lines);
    }

    private static string WayOut(string message)
    {
        const string Before = "cannot cross to another process. ";
        var at = message.IndexOf(Before, StringComparison.Ordinal);
        return at < 0 ? message : message[(at + Before.Length)..];
    }
}

/// <summary>Sends instances of all types of the framework to another process and back, and reports the outcome of each.</summary>
internal static class FrameworkSweep
{
    private const int Batch = 200;

    private sealed record Item(Type Definition, string Type, string How, object Value, string Before, string After, byte[] Message);

    /// <param name="Type">Its public type, generic ones not closed.</param>
    /// <param name="How">How it was made.</param>
    /// <param name="Message">The object.</param>
    private sealed record Sent(Type Type, string How, byte[] Message);

    /// <param name="Description">What the copy contains, or why there is none.</param>
    /// <param name="Back">The copy, written again.</param>
    /// <param name="HasTwinsHash">Whether its hash code is that of an equal object that was made there; null if there is none.</param>
    private sealed record Copy(string Description, byte[]? Back, bool? HasTwinsHash);

    public static async Task<SweepReport> RunAsync()
    {
        var types = FrameworkInstances.Types().OrderBy(static type => type.FullName, StringComparer.Ordinal).ToArray();
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
            if (!thread.Join(TimeSpan.FromSeconds(60)))
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
            batch.Add(new Item(type, name, how, value, FrameworkValueDescription.Of(value), FrameworkValueDescription.Of(value), message));
            return true;
        }
        catch (NotSerializableException error)
        {
            // Or it is a container, and the path leads to an item.
            var isItself = error.Path == "item" ? error.Culprit.IsInstanceOfType(value) : error.Path.Contains("element [", StringComparison.Ordinal);
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
                    var results = await pool.RunAsync(static (Sent[] sent) => Array.ConvertAll(sent, Receive), Array.ConvertAll(copies, static item => new Sent(item.Definition, item.How, item.Message)));
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
                        entries.Add(Judge(item, await pool.RunAsync(static (Sent sent) => Receive(sent), new Sent(item.Definition, item.How, item.Message))));
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

    private static Copy Receive(Sent sent)
    {
        object? value;
        try
        {
            value = Message.Read<object>(sent.Message);
        }
        catch (Exception error)
        {
            return new Copy(error.GetType() + ": " + error.Message, null, null);
        }

        try
        {
            var back = Message.Write(value);
            return new Copy(FrameworkValueDescription.Of(value), back, HasTwinsHash(value, sent.Type, sent.How));
        }
        catch (Exception error)
        {
            return new Copy("the copy is not sent back: " + error.GetType() + ": " + error.Message, null, null);
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

        if (copy.HasTwinsHash == false)
        {
            return new SweepEntry(item.Type, item.How, SweepOutcome.Different, "a set there does not find it: its hash code is not that of an equal object");
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

        // What is looked at may change itself, as something made lazily: the second look at the original counts as well.
        var description = FrameworkValueDescription.Of(back);
        return description != item.Before && description != item.After ? new SweepEntry(item.Type, item.How, SweepOutcome.Different, "on the way back: " + FirstDifference(item.Before, description))
            : IsEqual(item, back) ? new SweepEntry(item.Type, item.How, SweepOutcome.Equal, "")
            : new SweepEntry(item.Type, item.How, SweepOutcome.Different, "Equals says that the copy is not equal");
    }

    /// <summary>By its own Equals, where it compares content at all.</summary>
    private static bool IsEqual(Item item, object? back)
    {
        var value = item.Value;
        var equals = value.GetType().GetMethod("Equals", BindingFlags.Instance | BindingFlags.Public, [typeof(object)]);
        if (ComparedByReference.Contains(item.Type) || equals?.DeclaringType is not { } declaring || declaring == typeof(object) || declaring == typeof(ValueType))
        {
            return true;
        }

        try
        {
            return (value.Equals(back) && value.GetHashCode() == back!.GetHashCode()) || !IsEqualToItsTwin(value, item);
        }
        catch (Exception)
        {
            // Not meant to be compared.
            return true;
        }
    }

    /// <summary>Whose Equals compares which objects they refer to, and not what these contain.</summary>
    private static readonly HashSet<string> ComparedByReference =
    [
        "System.ArraySegment`1", "System.Memory`1", "System.ReadOnlyMemory`1", "System.Collections.Immutable.ImmutableArray`1", "System.Reflection.CustomAttributeNamedArgument",
        "System.Reflection.CustomAttributeTypedArgument",
    ];

    /// <summary>Whether another object that was made in the same way is equal, so that Equals compares content.</summary>
    private static bool IsEqualToItsTwin(object value, Item item) => TwinOf(value, item.Definition, item.How) is { } twin && value.Equals(twin);

    /// <summary>
    /// An object that came from another process must be found among those of this one: a hash code that it remembers is good for its own process
    /// only.
    /// </summary>
    private static bool? HasTwinsHash(object? value, Type type, string how)
    {
        try
        {
            return value is not null && TwinOf(value, type, how) is { } twin && twin.Equals(value) && TwinOf(value, type, how)?.GetHashCode() == twin.GetHashCode()
                ? value.GetHashCode() == twin.GetHashCode()
                : null;
        }
        catch (Exception)
        {
            // Not meant to be compared.
            return null;
        }
    }

    private static object? TwinOf(object value, Type type, string how)
    {
        var equals = value.GetType().GetMethod("Equals", BindingFlags.Instance | BindingFlags.Public, [typeof(object)]);
        if (value is System.ComponentModel.EditorAttribute or System.Net.Mime.ContentType || equals?.DeclaringType is not { } declaring || declaring == typeof(object) || declaring == typeof(ValueType))
        {
            // The hash code of an EditorAttribute becomes another one, in any process, when its TypeId was asked for. A ContentType compares its
            // text, which has the parameters in the order of a Hashtable, and that is another one in each process.
            return null;
        }

        var plain = how.Replace(" (used)", "", StringComparison.Ordinal);
        var twin = FrameworkInstances.Of(type).FirstOrDefault(twin => twin.How == plain).Value;
        return ReferenceEquals(twin, value) ? null : twin;
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
