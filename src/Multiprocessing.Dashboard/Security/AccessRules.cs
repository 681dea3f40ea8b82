using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Multiprocessing;

/// <summary>Decides on a request. Each refusal says what is missing and, where it helps the owner of the program, the way out.</summary>
internal sealed class AccessRules(DashboardOptions options, Keys keys)
{
    public const string AntiforgeryHeader = "X-Multiprocessing-Antiforgery";

    /// <summary>Returns the refusal, or <see langword="null"/> for a request that is admitted.</summary>
    public Refusal? Check(HttpContext context)
    {
        var request = context.Request;
        if (!options.AllowRemote && context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6
            ? remote.MapToIPv4() : remote))
        {
            return new(StatusCodes.Status403Forbidden,
                "The dashboard admits requests from its own machine only. DashboardOptions.AllowRemote changes that.");
        }

        if (!IsKnownHost(request.Host))
        {
            return new(
                StatusCodes.Status403Forbidden,
                $"The dashboard is not known under the name '{request.Host.Host}'. Use localhost, or add the name to DashboardOptions.AllowedHosts.");
        }

        var knowsToken = keys.IsToken(request.Query["token"]) || keys.IsToken(Bearer(request));
        if (!IsOwnOrigin(request) && !(knowsToken && IsNavigation(request)))
        {
            return new(StatusCodes.Status403Forbidden, "The dashboard refuses requests that a page of another origin makes.");
        }

        if (options.RequireToken && !knowsToken && !keys.IsCookie(request.Cookies[keys.CookieName]))
        {
            return new(
                StatusCodes.Status401Unauthorized,
                "The dashboard needs its token. Open the address that the program printed when it started: it ends with '?token=' and the token.");
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !keys.IsAntiforgery(request.Headers[AntiforgeryHeader]))
        {
            return new(StatusCodes.Status403Forbidden, $"An action needs the header {AntiforgeryHeader} with the value that api/state returned.");
        }

        return null;
    }

    private static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }

    /// <summary>An IP address in the Host header is no danger: only a name can be given another address while a page is open.</summary>
    private bool IsKnownHost(HostString host)
    {
        var name = host.Host;
        if (string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (IPAddress.TryParse(name, out var address))
        {
            return options.AllowRemote || IPAddress.IsLoopback(address);
        }

        return options.AllowedHosts.Contains(name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Browsers send Sec-Fetch-Site with each request and Origin with most; programs without a browser send neither. A page at another port of this
    /// machine is "same-site", and foreign.
    /// </summary>
    private static bool IsOwnOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return false;
        }

        var origin = request.Headers[HeaderNames.Origin].ToString();
        if (origin.Length == 0)
        {
            return true;
        }

        // Not the scheme: a proxy that ends TLS forwards the host, but calls us without TLS. The port is the scheme's where the origin names none.
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.Host.Trim('[', ']'), request.Host.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            && (request.Host.Port is { } port ? port == uri.Port : uri.IsDefaultPort);
    }

    /// <summary>A person who follows a link with the token, for example in another tool's page.</summary>
    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers[HeaderNames.Origin].Count == 0
            && request.Headers["Sec-Fetch-Mode"].ToString() is "navigate";
}

internal sealed record Refusal(int Status, string Text);
