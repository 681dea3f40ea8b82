namespace Multiprocessing.Fuzz;

/// <summary>What an honest client and an honest listener send.</summary>
internal static class HandshakeBytes
{
    public static readonly byte[] Key = "the key of the fuzzing"u8.ToArray();

    public static readonly byte[] Challenge40 = [.. "#CHALLENGE#{sha256}"u8, .. Enumerable.Range(0, 40).Select(static i => (byte)i)];

    /// <summary>The client's messages. The digest over the other side's challenge is zeros here, and filled in for each input.</summary>
    public static readonly byte[] Client =
        [.. Frame([.. "{sha256}"u8, .. new byte[32]]), .. Frame(Challenge40), .. Frame("#WELCOME#"u8), .. Frame("message"u8)];

    public static readonly byte[] Listener =
        [.. Frame(Challenge40), .. Frame("#WELCOME#"u8), .. Frame([.. "{sha256}"u8, .. new byte[32]]), .. Frame("#WELCOME#"u8), .. Frame("message"u8)];

    private static byte[] Frame(ReadOnlySpan<byte> message) => [0, 0, 0, (byte)message.Length, .. message];
}
