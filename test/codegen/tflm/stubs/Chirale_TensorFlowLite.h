/* Stand-in: the library is found by this header. */
