namespace Multiprocessing.Fuzz;

/// <summary>Limits what reading an input may allocate.</summary>
internal static class Allocation
{
    /// <summary>A message of a few hundred bytes has objects of a few kilobytes; code that is compiled for a new type adds some more.</summary>
    private const long Limit = 16 << 20;

    public static void ThrowIfAbove(long before, byte[] input)
    {
        if (GC.GetAllocatedBytesForCurrentThread() - before is > Limit and var allocated)
        {
            throw new InvalidOperationException($"{allocated} bytes were allocated for a message of {input.Length}: {Convert.ToHexString(input)}");
        }
    }
}
