using Shouldly;
using Xunit;

namespace Multiprocessing.Tests.Connections;

/// <summary>The messages of the handshake against values that CPython's hmac module computed.</summary>
public class ChallengeTests
{
    private static readonly byte[] Bytes40 = [.. Enumerable.Range(0, 40).Select(static i => (byte)i)];

    [Fact]
    public void The_answer_has_the_digest_of_the_challenge_and_covers_its_name()
    {
        var failure = Challenge.Answer(Net.Key, [.. "#CHALLENGE#{sha256}"u8, .. Bytes40], allowMd5: false, out var answer);
        failure.ShouldBe(AuthenticationFailure.None);
        answer.ShouldBe([.. "{sha256}"u8, .. Convert.FromHexString("ff5bb0a5d8eab0242b75315e805f8cdf16fd92525ff188db44a9f354de931ba7")]);
        Challenge.Answer(Net.Key, [.. "#CHALLENGE#{sha384}"u8, .. Bytes40], allowMd5: false, out answer).ShouldBe(AuthenticationFailure.None);
        answer.ShouldBe(
        [
            .. "{sha384}"u8,
            .. Convert.FromHexString("1e1f249fba3e90be762e04d729d7f679aa9488cddfd8e5fd477899a0950a6b5ecfa00edba509d63bcada87484f90a866"),
        ]);
    }

    [Fact]
    public void The_old_challenge_of_20_bytes_is_answered_with_a_bare_digest_if_that_is_allowed()
    {
        byte[] challenge = [.. "#CHALLENGE#"u8, .. Bytes40[..20]];
        Challenge.Answer(Net.Key, challenge, allowMd5: true, out var answer).ShouldBe(AuthenticationFailure.None);
        answer.ShouldBe(Convert.FromHexString("d4813b15c7645f9a59dcbda94794e6fe"));
        Challenge.Answer(Net.Key, challenge, allowMd5: false, out answer).ShouldBe(AuthenticationFailure.Digest);
        answer.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("#CHALLENGE#")]
    [InlineData("#CHALLENGE#{sha256}")]
    [InlineData("#CHALLENGE#{sha1}0123456789012345678901234567890123456789")]
    [InlineData("#CHALLENGE#{sha256 0123456789012345678901234567890123456789")]
    [InlineData("#CHALLENGE#{}0123456789012345678901234567890123456789")]
    [InlineData("#CHALLENGE#sha256}0123456789012345678901234567890123456789")]
    [InlineData("#CHALLENGE#0123456789012345")]
    [InlineData("#challenge#{sha256}0123456789012345678901234567890123456789")]
    [InlineData("GET / HTTP/1.1")]
    public void What_is_no_challenge_gets_no_answer(string text)
    {
        Challenge.Answer(Net.Key, System.Text.Encoding.ASCII.GetBytes(text), allowMd5: true, out var answer).ShouldBe(AuthenticationFailure.Protocol);
        answer.ShouldBeEmpty();
    }

    [Fact]
    public void A_challenge_is_59_bytes_and_never_the_same()
    {
        var challenge = Challenge.Create();
        challenge.Length.ShouldBe(11 + 8 + 40);
        challenge.AsSpan().StartsWith("#CHALLENGE#{sha256}"u8).ShouldBeTrue();
        Challenge.Create().ShouldNotBe(challenge);
    }

    [Fact]
    public void Only_the_exact_answer_is_accepted()
    {
        var challenge = Challenge.Create();
        Challenge.Answer(Net.Key, challenge, allowMd5: false, out var answer).ShouldBe(AuthenticationFailure.None);
        Challenge.Check(Net.Key, challenge, answer, allowMd5: false).ShouldBe(AuthenticationFailure.None);
        Challenge.Check("another key"u8, challenge, answer, allowMd5: false).ShouldBe(AuthenticationFailure.Key);
        for (var i = 0; i < answer.Length; i++)
        {
            byte[] changed = [.. answer];
            changed[i] ^= 1;
            Challenge.Check(Net.Key, challenge, changed, allowMd5: true).ShouldBe(i < 8 ? AuthenticationFailure.Protocol : AuthenticationFailure.Key);
            Challenge.Check(Net.Key, challenge, answer.AsSpan(0, i), allowMd5: true).ShouldNotBe(AuthenticationFailure.None);
        }

        Challenge.Check(Net.Key, challenge, [.. answer, 0], allowMd5: true).ShouldBe(AuthenticationFailure.Key);
    }

    [Fact]
    public void A_weaker_digest_in_the_answer_or_in_a_changed_challenge_is_found()
    {
        // A process in the middle that replaces the name in the challenge gets an answer over the changed challenge.
        var challenge = Challenge.Create();
        byte[] changed = [.. "#CHALLENGE#{sha384}"u8, .. challenge[19..]];
        Challenge.Answer(Net.Key, changed, allowMd5: true, out var answer).ShouldBe(AuthenticationFailure.None);
        Challenge.Check(Net.Key, challenge, answer, allowMd5: true).ShouldBe(AuthenticationFailure.Key);

        // The old answer is accepted only if the program allows it, for whatever challenge.
        var legacy = System.Security.Cryptography.HMACMD5.HashData(Net.Key, challenge.AsSpan(11));
        Challenge.Check(Net.Key, challenge, legacy, allowMd5: false).ShouldBe(AuthenticationFailure.Digest);
        Challenge.Check(Net.Key, challenge, [.. "{md5}"u8, .. legacy], allowMd5: false).ShouldBe(AuthenticationFailure.Digest);
        Challenge.Check(Net.Key, challenge, legacy, allowMd5: true).ShouldBe(AuthenticationFailure.None);
    }
}
