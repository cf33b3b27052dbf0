#if Configuration
#endif
