#if OAuth
#endif
