using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// A tensor in shared memory that is passed from process to process without a copy: a queue, a child, a pool, a pipe or a service receives its
/// handle, whatever its size. Its elements lie densely in a <see cref="SharedBuffer{T}"/>, in row-major order.
/// <para>
/// What holds for a <see cref="SharedBuffer{T}"/> holds here. Each process that has the tensor disposes it; the memory is used again or freed when
/// the last process has disposed it or has ended in any way, and no message contains it. Sending does not take it from the sender; see
/// <see cref="HandOver"/>. Accesses of several processes are not synchronized.
/// </para>
/// <para>
/// After <see cref="Dispose"/> the members throw that give access to elements. A span cannot throw: do not use it after the tensor was disposed, and
/// keep a reference to the tensor (<c>using</c>, a field, <see cref="GC.KeepAlive"/>) as long as a span of it is in use.
/// </para>
/// </summary>
/// <typeparam name="T">Any unmanaged type.</typeparam>
/// <example>
/// <code>
/// using var images = new ProcessQueue&lt;SharedTensor&lt;float>>(capacity: 4);
/// using var child = ChildProcess.Run(() =>
/// {
///     var sum = 0f;
///     foreach (SharedTensor&lt;float> image in images.ReadAll())
///     {
///         using (image) // the receiver reads it in place, and disposes it
///         {
///             sum += Tensor.Sum(image.AsReadOnlyTensorSpan());
///         }
///     }
///
///     return sum;
/// });
/// for (var i = 0; i &lt; 10; i++)
/// {
///     var image = SharedMemoryPool.Shared.RentTensor&lt;float>([3, 224, 224]);
///     image.AsTensorSpan().Fill(1);
///     images.Put(image.HandOver()); // a handle, whatever the size
/// }
///
/// images.Complete();
/// Console.WriteLine(total = child.Result.Result); // 1505280
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedTensor<T> : IDisposable
    where T : unmanaged
{
    private readonly SharedBuffer<T> _elements;
    private readonly nint[] _lengths;

    [NonSerialized]
    private bool _isHandedOver;

    /// <summary>Initializes a new instance of the <see cref="SharedTensor{T}"/> class with all elements zero.</summary>
    /// <param name="lengths">The length of each dimension; at least one.</param>
    /// <exception cref="ArgumentException">There is no dimension, a length is negative, or there are more elements than an array has.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedTensor(scoped ReadOnlySpan<nint> lengths)
        : this(new SharedBuffer<T>(TensorLengths.Count(lengths)), lengths)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="SharedTensor{T}"/> class with a copy of a tensor or of a part of one.</summary>
    /// <param name="content">The elements to copy. A <see cref="Tensor{T}"/> may be passed, too.</param>
    /// <exception cref="ArgumentException">There is no dimension, or there are more elements than an array has.</exception>
    /// <exception cref="InsufficientSharedMemoryException">There is no room for the memory.</exception>
    public SharedTensor(scoped in ReadOnlyTensorSpan<T> content)
        : this(SharedMemoryPool.Shared.Rent<T>(TensorLengths.Count(content.Lengths)), content.Lengths) => content.FlattenTo(_elements.Span);

    /// <param name="elements">The memory, which this object disposes.</param>
    /// <param name="lengths">The lengths, whose product is its length.</param>
    internal SharedTensor(SharedBuffer<T> elements, scoped ReadOnlySpan<nint> lengths)
    {
        _elements = elements;
        _lengths = lengths.ToArray();
    }

    /// <summary>Gets the length of each dimension.</summary>
    public ReadOnlySpan<nint> Lengths => _lengths;

    /// <summary>Gets the number of dimensions.</summary>
    public int Rank => _lengths.Length;

    /// <summary>Gets the number of elements of all dimensions together.</summary>
    public nint FlattenedLength => _elements.Length;

    /// <summary>Gets the memory with the elements in row-major order. Dispose the tensor, not the buffer.</summary>
    public SharedBuffer<T> Buffer => _elements;

    /// <summary>Gets a reference to an element.</summary>
    /// <param name="indexes">The index in each dimension.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed in this process.</exception>
    public ref T this[params scoped ReadOnlySpan<nint> indexes] => ref AsTensorSpan()[indexes];

    /// <summary>Returns a span over all elements. Do not use it after the tensor was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed in this process.</exception>
    public TensorSpan<T> AsTensorSpan() => new(_elements.Span, _lengths);

    /// <summary>Returns a read-only span over all elements. Do not use it after the tensor was disposed.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed in this process.</exception>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan() => new(_elements.Span, _lengths);

    /// <summary>Copies the tensor into memory of this process.</summary>
    /// <exception cref="ObjectDisposedException">The tensor was disposed in this process.</exception>
    public Tensor<T> ToTensor()
    {
        var copy = Tensor.CreateFromShapeUninitialized<T>(_lengths);
        AsReadOnlyTensorSpan().CopyTo(copy);
        return copy;
    }

    /// <summary>
    /// Disposes the tensor in this process as soon as a message contains it, so that the receiver has it alone: <c>queue.Put(tensor.HandOver())</c>,
    /// or <c>return tensor.HandOver()</c> in a child or a task, which cannot dispose it after its result was written.
    /// </summary>
    /// <returns>This tensor.</returns>
    /// <remarks>
    /// It is disposed also if the call that sends it fails after the message was written, for example because a queue stayed full. Killed before the
    /// message is written: this process is a holder, and the memory is freed. Killed after it was sent: the receiver gets it. Killed in between, such
    /// as while it waits for room in a full queue: the memory stays until the program ends. Where that matters, dispose the tensor after
    /// <see cref="ProcessQueue{T}.Put(T)"/>.
    /// </remarks>
    public SharedTensor<T> HandOver()
    {
        _isHandedOver = true;
        return this;
    }

    /// <summary>
    /// Releases the tensor in this process. Its memory is used again or freed when no process has it and no message contains it. A second call does
    /// nothing.
    /// </summary>
    public void Dispose() => _elements.Dispose();

    /// <summary>Returns the type of the elements and the lengths, such as <c>SharedTensor&lt;Single>[2, 3]</c>.</summary>
    public override string ToString() => $"SharedTensor<{typeof(T).Name}>[{string.Join(", ", _lengths)}]";

    /// <summary>The message has counted the handle in flight, or holds the memory itself, before this runs.</summary>
    [OnSerialized]
    private void WhenWritten(StreamingContext context)
    {
        if (_isHandedOver)
        {
            Dispose();
        }
    }
}
