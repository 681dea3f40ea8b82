using System.Numerics.Tensors;

namespace Multiprocessing;

/// <summary>Tensors of the shared memory of this library.</summary>
/// <remarks>The spans are addresses: do not use them after the buffer or array was disposed.</remarks>
/// <example>
/// <code>
/// using var weights = new SharedArray&lt;double>(1_000_000); // stays for the whole run
/// TensorSpan&lt;double> matrix = weights.AsTensorSpan([1000, 1000]);
/// matrix[999, 0] = 0.5;
/// using SharedTensor&lt;double> batch = SharedMemoryPool.Shared.RentTensor&lt;double>([32, 1000]); // its content is undefined
/// batch.AsTensorSpan().Clear();
/// </code>
/// </example>
public static class SharedTensorExtensions
{
    /// <summary>Rents memory for a tensor. Its elements are undefined: what an earlier user left, or zeros.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="pool">The pool.</param>
    /// <param name="lengths">The length of each dimension; at least one.</param>
    /// <returns>The tensor; the caller disposes it, whether it was sent or not.</returns>
    /// <exception cref="ArgumentException">There is no dimension, a length is negative, or there are more elements than an array has.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public static SharedTensor<T> RentTensor<T>(this SharedMemoryPool pool, scoped ReadOnlySpan<nint> lengths)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(pool);
        return new SharedTensor<T>(pool.Rent<T>(TensorLengths.Count(lengths)), lengths);
    }

    /// <summary>Returns a span over the elements of a buffer, in row-major order.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="buffer">The buffer.</param>
    /// <param name="lengths">The length of each dimension.</param>
    /// <exception cref="ArgumentException">The buffer has fewer elements.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed in this process.</exception>
    public static TensorSpan<T> AsTensorSpan<T>(this SharedBuffer<T> buffer, scoped ReadOnlySpan<nint> lengths)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return new TensorSpan<T>(buffer.Span, lengths);
    }

    /// <inheritdoc cref="AsTensorSpan{T}(SharedBuffer{T}, ReadOnlySpan{nint})"/>
    public static ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>(this SharedBuffer<T> buffer, scoped ReadOnlySpan<nint> lengths)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return new ReadOnlyTensorSpan<T>(buffer.Span, lengths);
    }

    /// <summary>Returns a span over the elements of a shared array, in row-major order.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <param name="lengths">The length of each dimension.</param>
    /// <exception cref="ArgumentException">The array has fewer elements.</exception>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public static TensorSpan<T> AsTensorSpan<T>(this SharedArray<T> array, scoped ReadOnlySpan<nint> lengths)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return new TensorSpan<T>(array.Span, lengths);
    }

    /// <inheritdoc cref="AsTensorSpan{T}(SharedArray{T}, ReadOnlySpan{nint})"/>
    public static ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>(this SharedArray<T> array, scoped ReadOnlySpan<nint> lengths)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return new ReadOnlyTensorSpan<T>(array.Span, lengths);
    }

    /// <summary>Returns a span over the rows and columns of a shared array.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="array">The array.</param>
    /// <exception cref="ObjectDisposedException">The array was disposed in this process.</exception>
    public static TensorSpan<T> AsTensorSpan<T>(this SharedArray2D<T> array)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return new TensorSpan<T>(array.Elements.Span, [array.Rows, array.Columns]);
    }

    /// <inheritdoc cref="AsTensorSpan{T}(SharedArray2D{T})"/>
    public static ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>(this SharedArray2D<T> array)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(array);
        return new ReadOnlyTensorSpan<T>(array.Elements.Span, [array.Rows, array.Columns]);
    }
}
