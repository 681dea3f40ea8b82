using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing;

/// <summary>What this process publishes about its children for observers: names, roles and last output; and which are spares.</summary>
internal sealed class ChildrenStatus : IStatusSource
{
    private static readonly ChildrenStatus Instance = new();
    private static int _isAdded;

    private ChildrenStatus()
    {
    }

    public StatusKind Kind => StatusKind.Children;

    /// <summary>This process has a child.</summary>
    public static void Begin()
    {
        if (Volatile.Read(ref _isAdded) == 0 && Interlocked.Exchange(ref _isAdded, 1) == 0)
        {
            StatusPublisher.Add(Instance);
        }
    }

    public void WriteStatus(Utf8JsonWriter writer)
    {
        var children = new List<PublishedChild>();
        foreach (var child in ActiveChildren.Snapshot())
        {
            if (child.TryGetId() is { } processId)
            {
                var output = child.LastOutput;
                children.Add(new PublishedChild(processId, child.Name, child.Role, output.Length == 0 ? null : output));
            }
        }

        children.AddRange(SpareStock.Current.ProcessIds().Select(static id => new PublishedChild(id, "spare", ProcessRole.Spare, null)));
        JsonSerializer.Serialize(writer, children, ChildrenStatusContext.Default.ListPublishedChild);
    }
}

/// <summary>One child in a status file.</summary>
internal sealed record PublishedChild(int ProcessId, string Name, ProcessRole Role, string? LastOutput);

[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<PublishedChild>))]
internal sealed partial class ChildrenStatusContext : JsonSerializerContext;
