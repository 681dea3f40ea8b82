using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.OpenTelemetryTests;

/// <summary>A collector of OpenTelemetry's protocol (OTLP over HTTP with protobuf), which keeps what it receives.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _application;

    private OtlpCollector(WebApplication application)
    {
        _application = application;
        application.MapPost("/v1/traces", (HttpRequest request) => TakeAsync(request, Spans, static (resource, item) => new CollectedSpan(resource, item)));
        application.MapPost("/v1/metrics", (HttpRequest request) => TakeAsync(request, Metrics, static (resource, item) => new CollectedMetric(resource, item[1].Text)));
        application.MapPost("/v1/logs", (HttpRequest request) => TakeAsync(request, Logs, static (resource, item) => new CollectedLog(resource, item)));
    }

    public ConcurrentQueue<CollectedSpan> Spans { get; } = new();

    public ConcurrentQueue<CollectedMetric> Metrics { get; } = new();

    public ConcurrentQueue<CollectedLog> Logs { get; } = new();

    public string Address => _application.Urls.First();

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        OtlpCollector collector = new(builder.Build());
        await collector._application.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    /// <summary>All three signals have the same frame: resources (1) with scopes (2) with items (2).</summary>
    private static async Task<IResult> TakeAsync<T>(HttpRequest request, ConcurrentQueue<T> received, Func<Attributes, Item, T> read)
    {
        using MemoryStream body = new();
        await request.Body.CopyToAsync(body);
        foreach (var resource in ProtobufField.Read(body.ToArray()).Where(static field => field.Number == 1))
        {
            var parts = ProtobufField.Read(resource.Bytes);
            Attributes attributes = new(parts.Where(static part => part.Number == 1).SelectMany(static part => ProtobufField.Read(part.Bytes)), number: 1);
            foreach (var item in parts.Where(static part => part.Number == 2).SelectMany(static scope => ProtobufField.Read(scope.Bytes)).Where(static field => field.Number == 2))
            {
                received.Enqueue(read(attributes, new(item.Bytes)));
            }
        }

        return TypedResults.Bytes([], "application/x-protobuf");
    }
}

/// <summary>A message by the numbers of its fields.</summary>
internal sealed class Item(ReadOnlyMemory<byte> message)
{
    public List<ProtobufField> Fields { get; } = ProtobufField.Read(message);

    public ProtobufField this[int number] => Fields.Find(field => field.Number == number);
}

/// <summary>Keys with their values as text.</summary>
internal sealed class Attributes(IEnumerable<ProtobufField> fields, int number)
    : Dictionary<string, string>(fields.Where(field => field.Number == number).Select(static field => Pair(field)))
{
    private static KeyValuePair<string, string> Pair(ProtobufField field)
    {
        Item pair = new(field.Bytes);
        var value = ProtobufField.Read(pair[2].Bytes).FirstOrDefault();
        return new(pair[1].Text, value.Number == 1 ? value.Text : $"{value.Value}");
    }
}

internal sealed record CollectedMetric(Attributes Resource, string Name);

internal sealed record CollectedSpan(Attributes Resource, string Trace, string Id, string Parent, string Name, Attributes Tags, List<string> Links, int Status)
{
    public CollectedSpan(Attributes resource, Item item)
        : this(
            resource, item[1].Hex, item[2].Hex, item[4].Hex, item[5].Text, new(item.Fields, 9),
            [.. item.Fields.Where(static field => field.Number == 13).Select(static link => new Item(link.Bytes)[2].Hex)],
            (int)new Item(item[15].Bytes)[3].Value)
    {
    }
}

internal sealed record CollectedLog(Attributes Resource, string Trace, string Text, Attributes Tags)
{
    public CollectedLog(Attributes resource, Item item)
        : this(resource, item[9].Hex, new Item(item[5].Bytes)[1].Text, new(item.Fields, 6))
    {
    }
}
