using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>
/// The messages of the handshake of CPython's <c>multiprocessing.connection</c> (since 3.12, with the one before as an option): a challenge is random
/// bytes, and its answer their HMAC under the shared key. It reads no bytes and writes none.
/// <para>
/// Since 3.12 a challenge begins with the name of a digest in braces, and so does an answer. The digest of the answer covers the whole challenge with
/// that name, so a process in the middle cannot change it. Up to 3.11 a challenge is 20 random bytes, and the answer a bare HMAC-MD5.
/// </para>
/// </summary>
internal static class Challenge
{
    /// <summary>CPython's limit for each message of a handshake.</summary>
    public const int MaxLength = 256;

    private const int RandomLength = 40;
    private const int LegacyLength = 20;
    private const int LegacyAnswerLength = 16;
    private const int LongestDigestName = 8;

    public static ReadOnlySpan<byte> Prefix => "#CHALLENGE#"u8;

    public static ReadOnlySpan<byte> Welcome => "#WELCOME#"u8;

    public static ReadOnlySpan<byte> Failure => "#FAILURE#"u8;

    /// <summary>Creates a challenge: <see cref="Prefix"/>, the name of the digest, 40 random bytes.</summary>
    public static byte[] Create() => [.. Prefix, .. "{sha256}"u8, .. RandomNumberGenerator.GetBytes(RandomLength)];

    /// <summary>Returns the answer to a challenge.</summary>
    /// <returns>Why there is none; <see cref="AuthenticationFailure.None"/> if there is one.</returns>
    public static AuthenticationFailure Answer(ReadOnlySpan<byte> key, ReadOnlySpan<byte> challenge, bool allowMd5, out byte[] answer)
    {
        answer = [];
        if (!challenge.StartsWith(Prefix) || challenge.Length > MaxLength)
        {
            return AuthenticationFailure.Protocol;
        }

        var message = challenge[Prefix.Length..];
        if (message.Length < LegacyLength || !TryRead(message, out var digest, out _))
        {
            return AuthenticationFailure.Protocol;
        }

        if (!IsAllowed(digest, allowMd5))
        {
            return AuthenticationFailure.Digest;
        }

        var code = Compute(digest, key, message);
        answer = message.Length == LegacyLength ? code : [.. "{"u8, .. NameOf(digest), .. "}"u8, .. code];
        return AuthenticationFailure.None;
    }

    /// <summary>Checks the answer to a challenge that <see cref="Create"/> returned. The time that it takes does not depend on the bytes.</summary>
    public static AuthenticationFailure Check(ReadOnlySpan<byte> key, ReadOnlySpan<byte> challenge, ReadOnlySpan<byte> answer, bool allowMd5)
    {
        if (!TryRead(answer, out var digest, out var code))
        {
            return AuthenticationFailure.Protocol;
        }

        if (!IsAllowed(digest, allowMd5))
        {
            return AuthenticationFailure.Digest;
        }

        return CryptographicOperations.FixedTimeEquals(Compute(digest, key, challenge[Prefix.Length..]), code)
            ? AuthenticationFailure.None
            : AuthenticationFailure.Key;
    }

    /// <summary>
    /// Finds the digest that a challenge or an answer names. 16 and 20 bytes name none: these are the lengths of the old form, and none of the new
    /// form is that short.
    /// </summary>
    private static bool TryRead(ReadOnlySpan<byte> message, out Digest digest, out ReadOnlySpan<byte> code)
    {
        digest = Digest.Md5;
        code = message;
        if (message.Length is LegacyLength or LegacyAnswerLength)
        {
            return true;
        }

        var end = message.StartsWith("{"u8) ? message[..Math.Min(message.Length, LongestDigestName + 2)].IndexOf((byte)'}') : -1;
        if (end < 0)
        {
            return false;
        }

        code = message[(end + 1)..];
        foreach (var known in Enum.GetValues<Digest>())
        {
            if (message[1..end].SequenceEqual(NameOf(known)))
            {
                digest = known;
                return true;
            }
        }

        return false;
    }

    private static bool IsAllowed(Digest digest, bool allowMd5) => digest switch
    {
        Digest.Md5 => allowMd5,
        Digest.Sha3Short => HMACSHA3_256.IsSupported,
        Digest.Sha3Long => HMACSHA3_384.IsSupported,
        _ => true,
    };

    private static ReadOnlySpan<byte> NameOf(Digest digest) => digest switch
    {
        Digest.Md5 => "md5"u8,
        Digest.Sha256 => "sha256"u8,
        Digest.Sha384 => "sha384"u8,
        Digest.Sha3Short => "sha3_256"u8,
        _ => "sha3_384"u8,
    };

    [SuppressMessage("Security", "CA5351:Do not use broken cryptographic algorithms", Justification = "Only if the program allows it.")]
    private static byte[] Compute(Digest digest, ReadOnlySpan<byte> key, ReadOnlySpan<byte> message) => digest switch
    {
        Digest.Md5 => HMACMD5.HashData(key, message),
        Digest.Sha256 => HMACSHA256.HashData(key, message),
        Digest.Sha384 => HMACSHA384.HashData(key, message),
        Digest.Sha3Short => HMACSHA3_256.HashData(key, message),
        _ => HMACSHA3_384.HashData(key, message),
    };

    private enum Digest
    {
        Md5,
        Sha256,
        Sha384,
        Sha3Short,
        Sha3Long,
    }
}
