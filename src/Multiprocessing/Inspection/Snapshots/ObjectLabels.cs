using System.Text;

namespace Multiprocessing;

/// <summary>The texts by which <c>mp</c>, the dashboard and reports name an object: one place, so that it has one name in all of them.</summary>
internal static class ObjectLabels
{
    /// <summary>A connection has two queues with one name, one for each direction, so the id belongs to the label.</summary>
    public static string Of(QueueSnapshot queue) => queue switch
    {
        { Name: { } name, ItemType: null } => $"{name}, connection {queue.Id}",
        { Name: { } name } => name,
        { ItemType: null } => $"connection {queue.Id}",
        _ => $"queue {queue.Id} of {ShortType(queue.ItemType)}",
    };

    public static string Of(LockSnapshot item) => item.Name ?? $"{Words(item.Kind)} {item.Id}";

    /// <summary>A kind in the words of the pages and of <c>mp</c>.</summary>
    private static string Words(LockKind kind) => kind switch
    {
        LockKind.ReaderWriterLock => "reader-writer lock",
        LockKind.SharedMemory => "lock of shared memory",
        _ => kind.ToString().ToLowerInvariant(),
    };

    /// <summary>A type without its namespaces and outer types, also in its type arguments.</summary>
    private static string ShortType(string name)
    {
        StringBuilder text = new();
        var start = 0;
        for (var index = 0; index <= name.Length; index++)
        {
            if (index < name.Length && (char.IsLetterOrDigit(name[index]) || name[index] == '_'))
            {
                continue;
            }

            if (index == name.Length || name[index] is not ('.' or '+'))
            {
                text.Append(name, start, Math.Min(index + 1, name.Length) - start);
            }

            start = index + 1;
        }

        return text.ToString();
    }
}
