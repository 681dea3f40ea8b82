namespace Multiprocessing;

/// <summary>Atomic operations on one element, for all processes, as <see cref="Interlocked"/> has them.</summary>
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
    /// <summary>Adds a value to an element, as an atomic operation.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The value to add; negative to subtract.</param>
    /// <returns>The sum. Integers wrap around.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not an integer of up to 8 bytes, Half, float or double.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Add(int index, T value)
    {
        var sum = SharedAtomics.Add(ref At(index), value);
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Adds one to an element, as an atomic operation.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Add"/>
    public T Increment(int index)
    {
        var sum = SharedAtomics.Increment(ref At(index));
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Subtracts one from an element, as an atomic operation.</summary>
    /// <returns>The new value.</returns>
    /// <inheritdoc cref="Add"/>
    public T Decrement(int index)
    {
        var sum = SharedAtomics.Decrement(ref At(index));
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Combines an element with a value by bitwise AND, as an atomic operation.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The value.</param>
    /// <returns>The original value.</returns>
    /// <exception cref="NotSupportedException"><typeparamref name="T"/> is not an integer of up to 8 bytes, an enumeration or bool.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T And(int index, T value)
    {
        var before = SharedAtomics.And(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Combines an element with a value by bitwise OR, as an atomic operation.</summary>
    /// <inheritdoc cref="And"/>
    public T Or(int index, T value)
    {
        var before = SharedAtomics.Or(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets an element to a value, as an atomic operation.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The original value.</returns>
    /// <exception cref="NotSupportedException">The size of <typeparamref name="T"/> is not 1, 2, 4 or 8 bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public T Exchange(int index, T value)
    {
        var before = SharedAtomics.Exchange(ref At(index), value);
        GC.KeepAlive(this);
        return before;
    }

    /// <summary>Sets an element to a value if it equals another one bit by bit, as an atomic operation.</summary>
    /// <param name="index">The index of the element.</param>
    /// <param name="value">The new value.</param>
    /// <param name="comparand">The value to compare with.</param>
    /// <inheritdoc cref="Exchange"/>
    public T CompareExchange(int index, T value, T comparand)
    {
        var before = SharedAtomics.CompareExchange(ref At(index), value, comparand);
        GC.KeepAlive(this);
        return before;
    }
}
