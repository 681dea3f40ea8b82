namespace Multiprocessing;

/// <summary>Changes of one element in one step for all processes, as <see cref="Interlocked"/> has them.</summary>
/// <example>
/// <code>
/// using var counts = new SharedArray&lt;int>(26);
/// using var child = ChildProcess.Run(() =>
/// {
///     foreach (char letter in "multiprocessing")
///     {
///         counts.Increment(letter - 'a'); // atomic
///     }
/// });
/// child.Wait();
/// Console.WriteLine(counts['s' - 'a']); // 2
/// </code>
/// </example>
public sealed partial class SharedArray<T>
{
    /// <summary>Adds to an element.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="value">What to add; below zero to subtract.</param>
    /// <returns>The sum. Integers wrap around.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no integer of up to 8 bytes, Half, float or double.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Add(int index, T value)
    {
        var sum = SharedAtomics.Add(ref At(index), value);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Adds one to an element.</summary>
    /// <returns>The element after that.</returns>
    /// <inheritdoc cref="Add"/>
    public T Increment(int index)
    {
        var sum = SharedAtomics.Increment(ref At(index));
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Takes one away from an element.</summary>
    /// <returns>The element after that.</returns>
    /// <inheritdoc cref="Add"/>
    public T Decrement(int index)
    {
        var sum = SharedAtomics.Decrement(ref At(index));
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Leaves only those bits of an element that are set in both.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="value">The bits.</param>
    /// <returns>The element before that.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is no integer of up to 8 bytes, enumeration or bool.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T And(int index, T value)
    {
        var before = SharedAtomics.And(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets those bits of an element that are set in either.</summary>
    /// <inheritdoc cref="And"/>
    public T Or(int index, T value)
    {
        var before = SharedAtomics.Or(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Puts another value in an element's place.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="value">The other value.</param>
    /// <returns>The element before that.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> has not 1, 2, 4 or 8 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Exchange(int index, T value)
    {
        var before = SharedAtomics.Exchange(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Puts another value in an element's place if that is what it is thought to be, bit by bit.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="value">The other value.</param>
    /// <param name="comparand">What it is thought to be.</param>
    /// <inheritdoc cref="Exchange"/>
    public T CompareExchange(int index, T value, T comparand)
    {
        var before = SharedAtomics.CompareExchange(ref At(index), value, comparand);
        GC.KeepAlive(this);
        return before;
    }
}
