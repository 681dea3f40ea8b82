namespace Chat.Server;

/// <summary>What a client of the gateway sends: first its name, then texts.</summary>
/// <param name="Name">The name, in the first message.</param>
/// <param name="Text">The text, in all others.</param>
internal sealed record GatewayRequest(string? Name, string? Text);
