namespace Multiprocessing;

/// <summary>Walks a graph that turned out not to cross, as the writer would, to say where the culprit is. Runs on failure only.</summary>
internal static class PathFinder
{
    /// <summary>An entry of the breadth-first search, with the way back to the root.</summary>
    private sealed record Found(object Value, PathStep Step, Found? Parent);

    /// <summary>The shortest path to something that refuses, and its refusal.</summary>
    /// <param name="rootValue">The value that was to be written.</param>
    /// <param name="root">Its name.</param>
    /// <param name="met">What the writer met; the search looks for it where nothing refuses by itself.</param>
    /// <param name="context">What the message was written for.</param>
    public static (string Path, Refusal Refusal) Find(object rootValue, string root, CannotCrossException met, in WriteContext context)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { rootValue };
        var queue = new Queue<Found>();
        queue.Enqueue(new Found(rootValue, default, null));
        while (queue.TryDequeue(out var at))
        {
            var codec = CodecTable.For(at.Value.GetType());
            if (codec.Refuse(at.Value, in context) is { } refusal)
            {
                return Told(at, root, refusal);
            }

            if (ReferenceEquals(at.Value, met.Instance) || ReferenceEquals(at.Value.GetType(), met.Instance))
            {
                return Told(at, root, met.Refusal);
            }

            foreach (var step in codec.Children(at.Value))
            {
                if (step.Value is { } child && (child.GetType().IsValueType || seen.Add(child)))
                {
                    queue.Enqueue(new Found(child, step, at));
                }
            }
        }

        return (root, met.Refusal);
    }

    /// <summary>
    /// What lies in private fields of the framework's own types is nobody's to change: the outermost such object is named instead. Containers, whose content is their user's, are followed.
    /// </summary>
    private static (string Path, Refusal Refusal) Told(Found culprit, string root, Refusal refusal)
    {
        var (outermost, isInside) = (culprit, false);
        for (var at = culprit; at.Parent is { } owner; at = owner)
        {
            if (at.Step.Label is { } label && (label.StartsWith("field '", StringComparison.Ordinal) || label.StartsWith("property '", StringComparison.Ordinal)) && HidesFields(owner.Value.GetType()))
            {
                (outermost, isInside) = (owner, true);
            }
        }

        return (
            PathOf(outermost, root),
            WithHints(outermost, isInside ? new Refusal(outermost.Value.GetType(), FrameworkRefusals.Inside(outermost.Value.GetType(), refusal)) : refusal));
    }

    private static bool HidesFields(Type type) =>
        !type.IsGenericType && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type)
        && CodecTable.For(type) is PlainObjectCodec or BoxCodec && Framework.Owns(type);

    /// <summary>What the steps on the way have to say is behind what the culprit's type has.</summary>
    private static Refusal WithHints(Found found, Refusal refusal)
    {
        var wayOut = refusal.WayOut;
        string? next = null;
        for (var at = found; at is not null; at = at.Parent)
        {
            if (at.Step.Hint?.Invoke(next) is { } hint)
            {
                wayOut = $"{wayOut} {hint}";
            }

            next = at.Step.Label ?? next;
        }

        return refusal with { WayOut = wayOut };
    }

    private static string PathOf(Found found, string root)
    {
        var parts = new Stack<string>();
        for (var at = found; at is not null; at = at.Parent)
        {
            if (at.Step.Label is { } label)
            {
                parts.Push(label);
            }
        }

        // The body of a process is what the caller wrote down right there: its captured variables speak for themselves.
        if (root.Length > 0 && (root != "body" || parts.Count == 0))
        {
            parts.Push(root);
        }

        return string.Join(" -> ", parts);
    }
}
