namespace Multiprocessing.Steps;

/// <summary>Checks itself: each byte follows from producer, number and place.</summary>
internal sealed record Message(int Producer, int Number, byte[] Payload, ProcessQueue<Message>? Handle)
{
    public bool IsWhole
    {
        get
        {
            for (var i = 0; i < Payload.Length; i++)
            {
                if (Payload[i] != ByteAt(Producer, Number, i))
                {
                    return false;
                }
            }

            return true;
        }
    }

    public static Message Of(int producer, int number, int size, ProcessQueue<Message>? handle = null)
    {
        var payload = new byte[size];
        for (var i = 0; i < size; i++)
        {
            payload[i] = ByteAt(producer, number, i);
        }

        return new Message(producer, number, payload, handle);
    }

    private static byte ByteAt(int producer, int number, int index) => (byte)((producer * 31) + (number * 7) + index);
}

/// <summary>A message as it stands in the books.</summary>
internal readonly record struct Entry(int Producer, int Number);
