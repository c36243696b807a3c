namespace Edge.Runtime.Caching;

/// <summary>Where a user's programs keep what they can make again.</summary>
public static class UserCache
{
    /// <summary>
    /// The path of a file of ours: in <c>edge</c> in the user's cache folder (<c>XDG_CACHE_HOME</c>, else <c>~/.cache</c>); null where
    /// there is none. Nothing is made.
    /// </summary>
    /// <param name="name">Of the file, without folders.</param>
    public static string? PathOf(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(folder) || !Path.IsPathRooted(folder))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            folder = home.Length == 0 ? null : Path.Combine(home, ".cache");
        }

        return folder is null ? null : Path.Combine(folder, "edge", name);
    }
}
