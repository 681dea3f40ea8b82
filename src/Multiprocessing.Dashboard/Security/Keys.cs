using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The token and what is derived from it. The cookie does not contain the token: a cookie that leaks admits to this start of the dashboard only,
/// and says
/// nothing about a token that a person chose.
/// </summary>
internal sealed class Keys
{
    private readonly byte[] _token;
    private readonly byte[] _cookie;
    private readonly byte[] _antiforgery;

    public Keys(string? token)
    {
        Token = token ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _token = Encoding.UTF8.GetBytes(Token);
        // Per start: the cookie of an earlier start is worth nothing.
        var start = RandomNumberGenerator.GetHexString(32);
        Cookie = Derive($"cookie {start}");
        Antiforgery = Derive($"antiforgery {start}");
        // A cookie belongs to a host, not to a port: dashboards of several programs must not overwrite each other's.
        CookieName = $"mp-{Derive($"name {start}")[..12]}";
        _cookie = Encoding.UTF8.GetBytes(Cookie);
        _antiforgery = Encoding.UTF8.GetBytes(Antiforgery);
    }

    public string Token { get; }

    public string Cookie { get; }

    public string CookieName { get; }

    public string Antiforgery { get; }

    public bool IsToken(string? text) => Equal(_token, text);

    public bool IsCookie(string? text) => Equal(_cookie, text);

    public bool IsAntiforgery(string? text) => Equal(_antiforgery, text);

    private static bool Equal(byte[] secret, string? text) => text is not null && CryptographicOperations.FixedTimeEquals(secret,
        Encoding.UTF8.GetBytes(text));

    private string Derive(string purpose) => Convert.ToHexStringLower(HMACSHA256.HashData(_token, Encoding.UTF8.GetBytes(purpose)));
}
