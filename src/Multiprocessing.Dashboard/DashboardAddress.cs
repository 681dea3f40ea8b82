namespace Multiprocessing;

/// <summary>The address that a person opens.</summary>
internal static class DashboardAddress
{
    /// <summary>A server that listens at every address, or at none in particular, is opened as localhost.</summary>
    public static string Of(string server, string pattern, string? token)
    {
        var root = server.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal).TrimEnd('/');
        var path = pattern.Trim('/');
        return $"{root}/{(path.Length > 0 ? $"{path}/" : "")}{(token is null ? "" : $"?token={token}")}";
    }
}
