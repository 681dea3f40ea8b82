using System.Text.Json.Serialization;

namespace Services.Contenders;

/// <summary>A request: one line. The code that writes and reads it is generated at build time.</summary>
/// <param name="Id">Identifies the call in its replies.</param>
/// <param name="Method"><c>add</c>, <c>echo</c> or <c>count</c>.</param>
internal sealed record JsonRequest(long Id, string Method, int Number, byte[]? Data);

/// <summary>A reply, or an item of a stream: one line.</summary>
/// <param name="More">The line is an item of a stream that continues.</param>
internal sealed record JsonReply(long Id, int Number, byte[]? Data, bool More);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(JsonRequest))]
[JsonSerializable(typeof(JsonReply))]
internal sealed partial class JsonContract : JsonSerializerContext;
