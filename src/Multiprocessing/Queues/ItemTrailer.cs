namespace Multiprocessing;

/// <summary>
/// Follows every serialized item: the words of the segments whose handles it carries, 8 bytes each, and their number, 4 bytes. A reader of the item
/// ignores it; it is for items that no process will read, so that their handles can be released without running the code that rebuilds the items.
/// </summary>
internal static unsafe class ItemTrailer
{
    /// <exception cref="NotSupportedException">
    /// The queue has a name, and the item has a handle that the other programs which may read it cannot open.
    /// </exception>
    public static void Append(MessageBuffer buffer, Session? session = null)
    {
        if (buffer.References.Count == 0)
        {
            buffer.Write(0);
            return;
        }

        var handles = 0;
        foreach (var reference in buffer.References)
        {
            if (reference is TravellingSegment travelling)
            {
                if (session is { IsNamed: true } && !travelling.IsNamed)
                {
                    throw new NotSupportedException(
                        "The item has the handle of an object without a name, and the queue has a name: other programs cannot open an object "
                        + "that belongs to this program and its children. "
                        + "Give the object a name (OpenOrCreate), or use a queue without one.");
                }

                buffer.Write(travelling.Word);
                handles++;
            }
        }

        buffer.Write(handles);
    }

    /// <summary>Receives only the words of the segments that an item carries; one item at a time.</summary>
    public struct Sink(ScratchBuffer words) : ISink
    {
        public int Count { get; private set; }

        public long Wanted { get; private set; }

        public bool Accept(byte* data, long length)
        {
            var count = length < sizeof(int) ? -1 : *(int*)(data + length - sizeof(int));
            var bytes = (long)count * sizeof(long);
            if (count < 0 || bytes > length - sizeof(int))
            {
                return false;
            }

            if (words.Size < bytes)
            {
                Wanted = bytes;
                return false;
            }

            Buffer.MemoryCopy(data + length - sizeof(int) - bytes, words.Start, words.Size, bytes);
            Count = count;
            return true;
        }
    }
}
