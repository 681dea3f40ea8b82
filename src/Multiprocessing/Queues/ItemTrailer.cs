namespace Multiprocessing;

/// <summary>
/// Behind every serialized item: the words of the segments whose handles it carries, 8 bytes each, and their number, 4 bytes. Who reads the item never looks at it;
/// it is for items that nobody will read, so that what they carry can be let go without running the code that rebuilds them.
/// </summary>
internal static unsafe class ItemTrailer
{
    /// <exception cref="NotSupportedException">The queue has a name, and the item has a handle that means nothing to the other programs which may read it.</exception>
    public static void Append(MessageBuffer buffer, Session? session = null)
    {
        var handles = 0;
        foreach (var reference in buffer.References)
        {
            if (reference is TravellingSegment travelling)
            {
                if (session is { IsNamed: true } && !travelling.IsNamed)
                {
                    throw new NotSupportedException(
                        "The item has the handle of an object without a name, and the queue has one: programs that read it by its name cannot open what belongs to this program and its children. "
                        + "Give the object a name (OpenOrCreate), or use a queue without one.");
                }

                buffer.Write(travelling.Word);
                handles++;
            }
        }

        buffer.Write(handles);
    }

    /// <summary>Takes items for nothing but the segments they carry; one at a time.</summary>
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
