namespace Multiprocessing.Platform.Windows;

/// <summary>Exit codes that Windows and the runtime set for a crashed process.</summary>
internal static class NtStatus
{
    /// <summary>Returns the name of the code, or <see langword="null"/> if it is not the code of a crash.</summary>
    public static string? NameOf(int code) => (uint)code switch
    {
        0x80000003 => "STATUS_BREAKPOINT",
        0x80131506 => "COR_E_EXECUTIONENGINE",
        0x80131623 => "COR_E_FAILFAST",
        0xC0000005 => "STATUS_ACCESS_VIOLATION",
        0xC0000006 => "STATUS_IN_PAGE_ERROR",
        0xC0000017 => "STATUS_NO_MEMORY",
        0xC000001D => "STATUS_ILLEGAL_INSTRUCTION",
        0xC0000025 => "STATUS_NONCONTINUABLE_EXCEPTION",
        0xC0000094 => "STATUS_INTEGER_DIVIDE_BY_ZERO",
        0xC0000096 => "STATUS_PRIVILEGED_INSTRUCTION",
        0xC00000FD => "STATUS_STACK_OVERFLOW",
        0xC0000135 => "STATUS_DLL_NOT_FOUND",
        0xC0000139 => "STATUS_ENTRYPOINT_NOT_FOUND",
        0xC0000142 => "STATUS_DLL_INIT_FAILED",
        0xC0000374 => "STATUS_HEAP_CORRUPTION",
        0xC0000409 => "STATUS_STACK_BUFFER_OVERRUN",
        0xC0000420 => "STATUS_ASSERTION_FAILURE",
        0xC0000602 => "STATUS_FAIL_FAST_EXCEPTION",
        0xE0434352 => "unhandled .NET exception",
        >= 0xC0000000 and < 0xD0000000 => "NTSTATUS",
        _ => null,
    };
}
