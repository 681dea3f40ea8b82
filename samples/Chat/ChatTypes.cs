using System.Text.Json.Serialization;
using Chat.Server;
using Multiprocessing;

namespace Chat;

/// <summary>The types that cross between the programs. No other type is ever created from a message.</summary>
internal static class ChatTypes
{
    public static RegisteredTypes Registered { get; } = new RegisteredTypes(ChatJson.Default).Register<ChatMessage>();
}

/// <summary>How these types are written, by generated code.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatMessage))]
[JsonSerializable(typeof(GatewayRequest))]
[JsonSerializable(typeof(Invitation))]
internal sealed partial class ChatJson : JsonSerializerContext;
