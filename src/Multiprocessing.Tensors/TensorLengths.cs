namespace Multiprocessing;

/// <summary>What the lengths of a tensor say.</summary>
internal static class TensorLengths
{
    /// <summary>Returns the number of elements.</summary>
    /// <exception cref="ArgumentException">It is not a number of elements that one span can have.</exception>
    public static int Count(scoped ReadOnlySpan<nint> lengths)
    {
        if (lengths.IsEmpty)
        {
            throw new ArgumentException("A tensor in shared memory has at least one dimension.", nameof(lengths));
        }

        var isEmpty = false;
        foreach (var length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(lengths));
            isEmpty |= length == 0;
        }

        long count = isEmpty ? 0 : 1;
        foreach (var length in lengths)
        {
            // Both factors are below 2^31 until the check fails, so the product does not overflow.
            if (count > 0 && length > Array.MaxLength / count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(lengths),
                    $"[{string.Join(", ", lengths.ToArray())}] are more than {Array.MaxLength} elements, the most in one shared tensor.");
            }

            count *= length;
        }

        return (int)count;
    }
}
