using System.Buffers;
using System.Numerics.Tensors;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// Writes and reads a <see cref="Tensor{T}"/>: rank, flags, lengths, strides unless it is dense, then its elements as one block. The library finds it
/// by its name.
/// <para>
/// The strides stay if the elements lie without gaps, in any order, or several times (transposed, broadcast). A part of a tensor, with elements of
/// the rest in between, arrives dense, because the rest does not cross.
/// </para>
/// </summary>
internal sealed class TensorSerializer<T> : IProcessSerializer<Tensor<T>>
    where T : unmanaged
{
    private const int Pinned = 1;
    private const int Dense = 2;

    /// <summary>
    /// The array of a tensor, for which it has no public member. A message copies a large array once and other memory twice, so where the field has
    /// another name, tensors cross more slowly.
    /// </summary>
    private static readonly FieldInfo? Values = FindValues();

    public void Write(Tensor<T> value, IBufferWriter<byte> output)
    {
        var tensor = value;
        var extent = Extent(tensor.Lengths, tensor.Strides);
        if (extent > tensor.FlattenedLength)
        {
            tensor = value.ToDenseTensor();
            extent = tensor.FlattenedLength;
        }

        WriteNumber(output, tensor.Rank);
        WriteNumber(output, (tensor.IsPinned ? Pinned : 0) | (tensor.IsDense ? Dense : 0));
        foreach (var length in tensor.Lengths)
        {
            WriteNumber(output, length);
        }

        if (!tensor.IsDense)
        {
            foreach (var stride in tensor.Strides)
            {
                WriteNumber(output, stride);
            }
        }

        if (extent > 0)
        {
            WriteElements(tensor, (int)extent, output);
        }
    }

    public Tensor<T> Read(ReadOnlySpan<byte> data)
    {
        var rank = ReadNumber(ref data);
        var flags = ReadNumber(ref data);
        if (rank < 0 || rank > data.Length / sizeof(long))
        {
            throw new InvalidDataException($"The message has a tensor of {rank} dimensions and ends before their lengths.");
        }

        if (rank == 0 && data.IsEmpty)
        {
            return Tensor<T>.Empty;
        }

        var lengths = ReadNumbers(ref data, rank);
        var strides = (flags & Dense) != 0 ? DenseStrides(lengths) : ReadNumbers(ref data, rank);
        if (Extent(lengths, strides) * Unsafe.SizeOf<T>() != data.Length)
        {
            // What is allocated is what the message contains, whatever the lengths say.
            throw new InvalidDataException(
                $"The message has {data.Length} bytes for a tensor with the lengths [{Text(lengths)}] and the strides [{Text(strides)}].");
        }

        var isPinned = (flags & Pinned) != 0;
        var tensor = (flags & Dense) != 0
            ? Tensor.CreateFromShapeUninitialized<T>(lengths, isPinned)
            : Tensor.CreateFromShapeUninitialized<T>(lengths, strides, isPinned);
        if (!data.IsEmpty)
        {
            ref var first = ref TensorMarshal.GetReference(tensor.AsTensorSpan());
            data.CopyTo(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref first, data.Length / Unsafe.SizeOf<T>())));
        }

        return tensor;
    }

    private static void WriteElements(Tensor<T> tensor, int extent, IBufferWriter<byte> output)
    {
        ref var first = ref TensorMarshal.GetReference(tensor.AsTensorSpan());
        if (Values?.GetValue(tensor) is T[] array)
        {
            var offset = Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(array), ref first) / Unsafe.SizeOf<T>();
            if (offset >= 0 && offset <= array.Length - extent)
            {
                output.WriteMemory<T>(array.AsMemory((int)offset, extent));
                return;
            }
        }

        output.Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref first, extent)));
    }

    /// <summary>Returns the number of elements between the first and the last one, both included.</summary>
    private static long Extent(scoped ReadOnlySpan<nint> lengths, scoped ReadOnlySpan<nint> strides)
    {
        var last = Int128.Zero;
        var isEmpty = lengths.IsEmpty;
        for (var i = 0; i < lengths.Length; i++)
        {
            isEmpty |= lengths[i] == 0;
            last += (Int128)(lengths[i] - 1) * strides[i];
        }

        return isEmpty ? 0 : last < Array.MaxLength ? (long)last + 1 : long.MaxValue / Unsafe.SizeOf<T>();
    }

    private static void WriteNumber(IBufferWriter<byte> output, long number)
    {
        MemoryMarshal.Write(output.GetSpan(sizeof(long)), in number);
        output.Advance(sizeof(long));
    }

    private static nint ReadNumber(ref ReadOnlySpan<byte> data)
    {
        if (data.Length < sizeof(long))
        {
            throw new InvalidDataException("The message ends inside the shape of a tensor.");
        }

        var number = MemoryMarshal.Read<long>(data);
        data = data[sizeof(long)..];
        return (nint)number;
    }

    private static nint[] ReadNumbers(ref ReadOnlySpan<byte> data, nint count)
    {
        var numbers = new nint[count];
        foreach (ref var number in numbers.AsSpan())
        {
            number = ReadNumber(ref data);
            if (number is < 0 or > int.MaxValue)
            {
                throw new InvalidDataException($"{number} in a message is no length and no stride of a tensor.");
            }
        }

        return numbers;
    }

    /// <summary>Returns the strides of row-major order. With a length of 0 there are no elements, and no stride counts.</summary>
    private static nint[] DenseStrides(nint[] lengths)
    {
        var strides = new nint[lengths.Length];
        Int128 stride = 1;
        for (var i = lengths.Length - 1; i >= 0; i--)
        {
            strides[i] = (nint)Int128.Min(stride, int.MaxValue);
            stride = Int128.Min(stride * lengths[i], long.MaxValue);
        }

        return strides;
    }

    private static string Text(ReadOnlySpan<nint> numbers) => string.Join(", ", numbers.ToArray());

    private static FieldInfo? FindValues()
    {
        foreach (var field in typeof(Tensor<T>).GetFields(BindingFlags.Instance | BindingFlags.NonPublic))
        {
            if (field.FieldType == typeof(T[]))
            {
                return field;
            }
        }

        return null;
    }
}
