namespace Multiprocessing;

/// <summary>Finds the path to the culprit in a graph that cannot cross. Visits the same objects as the writer. Runs on failure only.</summary>
internal static class PathFinder
{
    /// <summary>A node of the breadth-first search, with its parents up to the root.</summary>
    private sealed record Found(object Value, PathStep Step, Found? Parent);

    /// <summary>Returns the shortest path to an object that cannot cross, and the reason.</summary>
    /// <param name="rootValue">The value that could not be written.</param>
    /// <param name="root">Its name.</param>
    /// <param name="met">The refusal that the writer met. The search ends at its object if no other object refuses.</param>
    /// <param name="context">What the message was written for.</param>
    public static (string Path, Refusal Refusal) Find(object rootValue, string root, CannotCrossException met, in WriteContext context)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance) { rootValue };
        var queue = new Queue<Found>();
        queue.Enqueue(new Found(rootValue, default, null));
        while (queue.TryDequeue(out var at))
        {
            var codec = CodecTable.For(at.Value.GetType());
            if ((codec.Refuse(at.Value, in context) ?? context.Links?.OfObject(at.Value)) is { } refusal)
            {
                return Describe(at, root, refusal);
            }

            if (ReferenceEquals(at.Value, met.Instance) || ReferenceEquals(at.Value.GetType(), met.Instance))
            {
                return Describe(at, root, met.Refusal);
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
    /// Returns the path and the refusal for a culprit. A user cannot change private fields of the framework's types, so a culprit inside such an
    /// object is reported as the outermost such object. Containers are an exception: their content is the user's.
    /// </summary>
    private static (string Path, Refusal Refusal) Describe(Found culprit, string root, Refusal refusal)
    {
        var (outermost, isInside) = (culprit, false);
        for (var at = culprit; at.Parent is { } owner; at = owner)
        {
            if (at.Step.Label is { } label
                && (label.StartsWith("field '", StringComparison.Ordinal) || label.StartsWith("property '", StringComparison.Ordinal))
                && HidesFields(owner.Value.GetType()))
            {
                (outermost, isInside) = (owner, true);
            }
        }

        var type = outermost.Value.GetType();
        return (PathOf(outermost, root), WithHints(outermost, isInside ? new Refusal(type, FrameworkRefusals.Inside(type, refusal)) : refusal));
    }

    private static bool HidesFields(Type type) =>
        !type.IsGenericType && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type)
        && CodecTable.For(type) is PlainObjectCodec or BoxCodec && Framework.Owns(type);

    /// <summary>Appends the hints of the steps on the path to the way out of the culprit's type.</summary>
    private static Refusal WithHints(Found found, Refusal refusal)
    {
        var suggestion = refusal.Suggestion;
        string? next = null;
        for (var at = found; at is not null; at = at.Parent)
        {
            if (at.Step.Hint?.Invoke(next) is { } hint)
            {
                suggestion = $"{suggestion} {hint}";
            }

            next = at.Step.Label ?? next;
        }

        return refusal with { Suggestion = suggestion };
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

        // The label of a body adds nothing: the caller wrote the lambda right there, and sees its captured variables.
        if (root.Length > 0 && (root != "body" || parts.Count == 0))
        {
            parts.Push(root);
        }

        return string.Join(" -> ", parts);
    }
}
