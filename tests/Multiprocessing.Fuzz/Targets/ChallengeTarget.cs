namespace Multiprocessing.Fuzz;

/// <summary>One message of a handshake, as a challenge and as an answer: an answer is short, and no forged one is accepted.</summary>
internal sealed class ChallengeTarget : FuzzTarget
{
    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        HandshakeBytes.Challenge40,
        [.. "#CHALLENGE#"u8, .. new byte[20]],
        [.. "#CHALLENGE#{md5}"u8, .. new byte[40]],
        [.. "{sha256}"u8, .. new byte[32]],
        new byte[16],
    ];

    public override void Run(byte[] input)
    {
        var failure = Challenge.Answer(HandshakeBytes.Key, input, allowMd5: true, out var answer);
        if ((failure == AuthenticationFailure.None) != (answer.Length > 0) || answer.Length > Challenge.MaxLength)
        {
            throw new InvalidOperationException($"{failure} with {answer.Length} bytes");
        }

        if (Challenge.Check(HandshakeBytes.Key, HandshakeBytes.Challenge40, input, allowMd5: true) == AuthenticationFailure.None)
        {
            throw new InvalidOperationException("A forged answer was accepted.");
        }
    }
}
